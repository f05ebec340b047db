const loads = new Map<string, Promise<void>>();

/**
 * Loads a gateway's script, once however often it is asked for. Rejects where it does not load; asking
 * again then tries again.
 */
export function loadScript(address: string): Promise<void> {
  const known = loads.get(address);
  if (known) return known;
  const load = new Promise<void>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.async = true;
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => {
      script.remove();
      loads.delete(address);
      reject(new Error("The script did not load."));
    });
    document.head.append(script);
  });
  loads.set(address, load);
  return load;
}
