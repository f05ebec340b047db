/** The end of each shop page: what one can trust in. */
export function SiteFooter({ demo }: { demo: boolean }) {
  return (
    <footer className="border-line border-t print:hidden">
      <div className="text-muted mx-auto flex max-w-6xl flex-wrap justify-between gap-x-8 gap-y-2 px-4 py-6 text-xs sm:px-6">
        <p>Tollbooth auto parts. A payment is taken once or not at all.</p>
        {demo ? <p>Demo shop: no real money moves and no part is shipped.</p> : null}
      </div>
    </footer>
  );
}
