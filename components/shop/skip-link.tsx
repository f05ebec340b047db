/** First in the tab order: past the header, to what the page is about. */
export function SkipLink() {
  return (
    <a
      href="#main"
      className="focus:bg-solid focus:text-solid-ink sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50 focus:rounded-lg focus:px-4 focus:py-3 focus:text-sm focus:font-semibold"
    >
      Skip to the content
    </a>
  );
}
