import { gammaln } from 'simple-statistics';

/**
 * The upper incomplete gamma function, regularized: Γ(a, x)/Γ(a), for a > 0 and x ≥ 0. Below the
 * bulk of the distribution by the power series of its complement, above it by Lentz' continued
 * fraction (Press and others, Numerical Recipes, 6.2).
 */
export function upperGamma(a: number, x: number): number {
  if (x === 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - gammaln(a));
  return x < a + 1 ? 1 - front * lowerSeries(a, x) : front * upperFraction(a, x);
}

const mostTerms = 10_000;
const precision = 1e-15;
const tiny = 1e-300;

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < mostTerms && term > sum * precision; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let product = d;
  for (let n = 1; n < mostTerms; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / nonZero(numerator * d + b);
    c = nonZero(b + numerator / c);
    product *= d * c;
    if (Math.abs(d * c - 1) < precision) break;
  }
  return product;
}

const nonZero = (x: number): number => (Math.abs(x) < tiny ? tiny : x);
