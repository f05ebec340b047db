/** First in the tab order: past the header, to what the page is about. */
export function SkipLink() {
  return (
    <a
      href="#main"
      className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50 focus:rounded-lg focus:bg-solid focus:px-4 focus:py-3 focus:text-sm focus:font-semibold focus:text-solid-ink"
    >
      Skip to the content
    </a>
  );
}
