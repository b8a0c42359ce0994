import { z } from 'zod';

/** An object of a type: with every key that it may have, and no other. */
export const objectOf = <Type>(shape: { readonly [Key in keyof Type]-?: z.ZodType<Type[Key]> }) =>
  z.strictObject(shape) as unknown as z.ZodType<Type>;

/** What no run comes near, and what a page with it could still show. */
const mostCharacters = 1_048_576;
const mostItems = 1_000_000;

export const text = z.string().max(mostCharacters);
export const amount = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
export const whole = z.int().min(0);
export const listOf = <Item>(item: z.ZodType<Item>) => z.array(item).max(mostItems);
/** Of a key that may be absent; null and undefined are no absence. */
export const maybe = <Value>(value: z.ZodType<Value>) => z.exactOptional(value) as z.ZodType<Value>;
