import { describe, expect, it } from 'vitest';
import { dashboardPlace } from './dashboard-place.js';

const placeOf = (given: string, token?: string) => {
  const { base, token: known } = dashboardPlace(given, token);
  return [base.href, known];
};

describe('where a dashboard is', () => {
  it.each([
    ['http://127.0.0.1:80/?token=abc', undefined, 'http://127.0.0.1/', 'abc'],
    ['http://127.0.0.1:7337/?token=abc', 'other', 'http://127.0.0.1:7337/', 'abc'],
    ['https://host/behind?x=1#observers', 'abc', 'https://host/behind/', 'abc'],
    ['7337', 'abc', 'http://127.0.0.1:7337/', 'abc'],
  ])('is read of %s', (given, token, base, known) => {
    expect(placeOf(given, token)).toEqual([base, known]);
  });

  it.each(['', 'localhost', 'ftp://host/', 'http://user:word@host/', '123456', 'http://'])(
    'is not %j',
    (given) => {
      expect(() => placeOf(given, 'abc')).toThrow('expected the URL that a dashboard printed');
    },
  );

  it('is not known without a token, and never says one that was given', () => {
    expect(() => placeOf('7337')).toThrow(/^expected the token .* got none$/);
    expect(() => placeOf('http://h/?token=%0Asecret')).toThrow(/one that no dashboard has$/);
    expect(() => placeOf('htp//h/?token=secret&x=1')).toThrow("got 'htp//h/?token=…&x=1'");
  });
});
