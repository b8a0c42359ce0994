/** A colour as the styles name it, for a canvas, which cannot look it up itself. */
export function chartColour(name: string): string {
  let colour = known.get(name);
  if (colour === undefined) {
    colour = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    known.set(name, colour);
  }
  return colour;
}

/**
 * Tells when all colours are others, since the system has turned dark or light.
 *
 * @returns what ends it
 */
export function onSchemeChange(redraw: () => void): () => void {
  waiting.add(redraw);
  return () => void waiting.delete(redraw);
}

const known = new Map<string, string>();
const waiting = new Set<() => void>();

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  known.clear();
  for (const redraw of waiting) redraw();
});
