/** Euler's gamma function for x ≥ 1, by Lanczos' approximation (g = 7), good to 13 digits or so. */
export function gamma(x: number): number {
  const z = x - 1;
  const t = z + 7.5;
  const sum = coefficients.reduce(
    (total, coefficient, at) => total + coefficient / (z + at + 1),
    0.99999999999980993,
  );
  return Math.sqrt(2 * Math.PI) * t ** (z + 0.5) * Math.exp(-t) * sum;
}

const coefficients = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
