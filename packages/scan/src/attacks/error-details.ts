import type { Attack } from '../attack.ts';
import { isSafe } from '../explore.ts';
import { outgoingOf } from '../call.ts';
import { placedFor } from '../identity.ts';
import { opened } from './answers.ts';

/** What the inside of a server looks like from outside. */
const details: readonly (readonly [what: string, form: RegExp])[] = [
  ['a stack trace of JavaScript', /\sat (?:async )?[\w.<>$[\] ]+ \(?(?:file:|node:|\/|[A-Z]:\\)[^)\n]*:\d+:\d+\)?/],
  ['a stack trace of Python', /Traceback \(most recent call last\)|File \\?"[^"]+\.py\\?", line \d+/],
  [
    'a stack trace of Java',
    /\bat [\w.$]+\([\w]+\.(?:java|kt|scala):\d+\)|\b(?:java|jakarta|org\.springframework)\.[\w.]+Exception/,
  ],
  ['a stack trace of .NET', /\bat [\w.]+\([^)]*\) in [^\n]+\.cs:line \d+/],
  ['a stack trace of PHP or Ruby', /\bin \/[\w./-]+\.(?:php|rb)(?: on line |:)\d+/],
  ['a stack trace of Go', /\bgoroutine \d+ \[running\]/],
  [
    'an error of a database',
    /SQLSTATE|ORA-\d{5}|SQLITE_[A-Z]+|syntax error at or near|You have an error in your SQL|MongoServerError|duplicate key value violates/,
  ],
  ['a path of the server', /(?:\/(?:usr|home|var|opt|app|srv)\/[\w.-]+\/[\w./-]+\.\w{1,5}\b|node_modules\/)/],
];

/** API8:2023: errors are provoked, and every error that any attack met is read for what the server is inside. */
export const errorDetails: Attack = {
  name: 'error-details',
  control: 'safe-errors',
  fix: 'answer every error in one form without details; a guard replaces those that show more',
  title: 'errors, read for internal details',
  async *run(scene) {
    for (const { call } of opened(scene)) {
      if (!isSafe(call.operation)) continue;
      const identity = scene.identities.find(({ name }) => name === call.as);
      const placed = identity === undefined ? [] : (placedFor(call.operation, identity) ?? []);
      for (const { in: place, name } of call.operation.parameters) {
        if (place !== 'path' && place !== 'query') continue;
        for (const text of ['\'"\\', '\u0000', '$ne', '9'.repeat(400)]) {
          const outgoing = outgoingOf(call.operation, call.values, placed, new Map([[`${place}/${name}`, text]]));
          if (outgoing !== undefined) await scene.target.send(outgoing, call.operation);
        }
      }
    }
    for (const { operation, outgoing, status, text } of scene.target.errors) {
      const leak = details.find(([, form]) => form.test(shownBy(text)));
      yield {
        control: 'safe-errors',
        attack: 'error-details',
        operation,
        verdict: leak === undefined ? 'held' : 'broken',
        detail: leak === undefined ? `${status} shows no internal details` : `${status} shows ${leak[0]}`,
        call: { as: undefined, outgoing },
      };
    }
  },
};

/** JSON escapes line ends and quotation marks of what it holds. */
function shownBy(text: string): string {
  return `${text}\n${text.replaceAll(String.raw`\n`, '\n').replaceAll(String.raw`\"`, '"')}`;
}
