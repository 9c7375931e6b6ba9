import { property, send, type RawAnswer, type RawRequest } from './send.ts';

/** What the tour knows about the API that it attacks. */
export interface Scene {
  /** The address under attack: the API itself, or the gateway before it. */
  readonly base: string;
  readonly tokens: { readonly ada: string; readonly bob: string; readonly eve: string; readonly forged: string };
  readonly ids: {
    readonly adasDocument: string;
    readonly bobsDocument: string;
    readonly intro: string;
    readonly figures: string;
  };
}

/** What an attack did. */
export interface Outcome {
  /** What the attacker has now; undefined where the attack failed. */
  readonly gained: string | undefined;
  /** The answer that decided. */
  readonly answer: RawAnswer;
}

export interface Attack {
  readonly name: string;
  /** OWASP API Security Top 10 2023. */
  readonly risk: string;
  readonly run: (scene: Scene) => Promise<Outcome>;
  /** The request that an honest caller makes in its place; must be answered 2xx. */
  readonly honest: (scene: Scene) => RawRequest;
}

const ok = (answer: RawAnswer): boolean => answer.status >= 200 && answer.status < 300;

export const attacks: readonly Attack[] = [
  {
    name: 'no token',
    risk: 'API2:2023',
    async run({ base, ids }) {
      const answer = await send(base, { path: `/documents/${ids.adasDocument}` });
      return { answer, gained: ok(answer) ? 'read a document without logging in' : undefined };
    },
    honest: ({ tokens, ids }) => ({ path: `/documents/${ids.adasDocument}`, token: tokens.ada }),
  },
  {
    name: 'forged token',
    risk: 'API2:2023',
    async run({ base, tokens }) {
      const answer = await send(base, { path: '/users/me', token: tokens.forged });
      return { answer, gained: ok(answer) ? `is ${String(property(answer, 'name'))} now` : undefined };
    },
    honest: ({ tokens }) => ({ path: '/users/me', token: tokens.ada }),
  },
  {
    name: "other people's object",
    risk: 'API1:2023',
    async run({ base, tokens, ids }) {
      const answer = await send(base, { path: `/documents/${ids.bobsDocument}`, token: tokens.eve });
      return { answer, gained: ok(answer) ? `read Bob's draft '${String(property(answer, 'title'))}'` : undefined };
    },
    honest: ({ tokens, ids }) => ({ path: `/documents/${ids.bobsDocument}`, token: tokens.bob }),
  },
  {
    name: 'mass assignment',
    risk: 'API3:2023',
    async run({ base, tokens }) {
      const answer = await send(base, {
        method: 'PATCH',
        path: '/users/me',
        token: tokens.eve,
        body: { name: 'Eve', role: 'admin' },
      });
      return { answer, gained: property(answer, 'role') === 'admin' ? 'made herself admin' : undefined };
    },
    honest: ({ tokens }) => ({ method: 'PATCH', path: '/users/me', token: tokens.eve, body: { name: 'Eve' } }),
  },
  {
    name: 'over-long page',
    risk: 'API4:2023',
    async run({ base, tokens }) {
      const answer = await send(base, { path: '/documents?limit=1000000', token: tokens.eve });
      return { answer, gained: ok(answer) ? 'asked for a million rows at once' : undefined };
    },
    honest: ({ tokens }) => ({ path: '/documents?limit=50', token: tokens.eve }),
  },
  {
    name: 'undocumented path',
    risk: 'API9:2023',
    async run({ base, tokens }) {
      const answer = await send(base, { path: '/internal/debug', token: tokens.eve });
      return { answer, gained: ok(answer) ? 'dumped the user table' : undefined };
    },
    honest: ({ tokens }) => ({ path: '/users/me', token: tokens.eve }),
  },
  {
    name: 'path tricks',
    risk: 'API8:2023',
    async run({ base, tokens }) {
      let last: RawAnswer | undefined;
      for (const path of [
        '/documents/../internal/debug',
        '/documents/%2e%2e/internal/debug',
        '//internal/debug',
        '/internal%2Fdebug',
        '/%69nternal/debug',
      ]) {
        const answer = await send(base, { path, token: tokens.eve });
        if (ok(answer)) return { answer, gained: `reached the same dump by ${path}` };
        last ??= answer;
      }
      return { answer: last as RawAnswer, gained: undefined };
    },
    honest: ({ tokens, ids }) => ({ path: `/documents/${ids.adasDocument}/sections/${ids.intro}`, token: tokens.ada }),
  },
  {
    name: 'oversized body',
    risk: 'API4:2023',
    async run({ base, tokens }) {
      const answer = await send(base, {
        method: 'POST',
        path: '/documents',
        token: tokens.eve,
        body: { title: 'x'.repeat(4 * 1024 * 1024) },
      });
      return { answer, gained: ok(answer) ? 'stored 4 MB as a title' : undefined };
    },
    honest: ({ tokens }) => ({ method: 'POST', path: '/documents', token: tokens.eve, body: { title: 'Notes' } }),
  },
  {
    name: 'leaking property',
    risk: 'API3:2023',
    async run({ base, tokens, ids }) {
      const answer = await send(base, {
        path: `/documents/${ids.adasDocument}/sections/${ids.figures}`,
        token: tokens.ada,
      });
      const notes = property(answer, 'reviewNotes');
      return { answer, gained: notes === undefined ? undefined : `read the reviewers' notes: '${String(notes)}'` };
    },
    honest: ({ tokens, ids }) => ({
      path: `/documents/${ids.adasDocument}/sections/${ids.figures}`,
      token: tokens.bob,
    }),
  },
  {
    name: 'flood',
    risk: 'API4:2023',
    async run({ base, tokens }) {
      const calls = 100;
      let last: RawAnswer | undefined;
      for (let i = 0; i < calls; i++) {
        last = await send(base, { path: '/documents?limit=100', token: tokens.bob });
        if (last.status === 429) return { answer: last, gained: undefined };
      }
      return { answer: last as RawAnswer, gained: `${calls} calls in a row, all answered` };
    },
    honest: ({ tokens }) => ({ path: '/documents', token: tokens.bob }),
  },
];
