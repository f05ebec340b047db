/** The sign-in page, coming back to `path` afterwards. */
export function signInHref(path: string): string {
  return `/signin?callbackUrl=${encodeURIComponent(path)}`;
}
