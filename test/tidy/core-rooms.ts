import { posix } from 'node:path';
import { links } from './module-links.js';
import { isCode, isForTests, type Rule } from './project-file.js';

/** From the bottom up: a room imports only from those before it, and from the ground floor. */
const order = ['peers', 'log', 'tracing', 'voting', 'registry', 'supervision'];
const source = 'packages/core/src/';
/** The doors of the package, which open on every room. */
const doors = ['index.ts', 'observer.ts', 'caller.ts', 'follower.ts'];

/**
 * Inside core, imports run supervision → registry → voting → tracing → log → peers → the ground floor, which is
 * the files that stand in no room. Types count like values; tests may look anywhere.
 */
export const coreRooms: Rule = (files) =>
  files
    .filter(({ path }) => path.startsWith(source) && isCode(path) && !isForTests(path))
    .flatMap((file) =>
      links(file).flatMap(({ specifier, line }) => {
        if (!specifier.startsWith('.')) return [];
        const target = posix.join(posix.dirname(file.path), specifier);
        const [from, to] = [floorOf(file.path), floorOf(target)];
        if (from >= to || from === Infinity) return [];
        const message = `${roomOf(file.path)} must not import ${specifier}`;
        return [{ path: file.path, line, message }];
      }),
    );

const roomOf = (path: string): string => {
  const [first = '', second] = path.slice(source.length).split('/');
  return second === undefined ? 'the ground floor' : first;
};

/** The ground floor is 0; the doors stand above all rooms, and so does what is no room at all. */
function floorOf(path: string): number {
  if (doors.includes(path.slice(source.length).replace(/\.js$/, '.ts'))) return Infinity;
  const room = roomOf(path);
  if (room === 'the ground floor') return 0;
  const at = order.indexOf(room);
  return at < 0 ? Infinity : at + 1;
}
