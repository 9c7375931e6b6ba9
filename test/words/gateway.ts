// For each option that a gateway has beside its guard: what callers or the upstream see is another thing where the option says so.
import { createServer, request, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, request as tlsRequest } from 'node:https';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { mock } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { startGateway, type Gateway, type GatewayOptions } from '@castellan/gateway';
import { createAuthority } from '../../packages/guard/test/certificates.ts';
import { file, folder, type Probe } from './api.ts';

const key = 'ada-key-5d1e7a90c3b24f68a1d2e3f405162738';
const open = { description: 'ok', content: { 'application/json': {} } };
const document = (more: object = {}): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: { title: 'Echo', version: '1' },
  paths: {
    '/echo': { get: { operationId: 'echo', responses: { 200: open }, ...more } },
    '/mine': { get: { operationId: 'mine', security: [{ key: [] }], responses: { 200: open } } },
    '/feed': {
      get: { operationId: 'feed', responses: { 200: { description: 'ok', content: { 'text/event-stream': {} } } } },
    },
  },
  components: {
    securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' }, card: { type: 'mutualTLS' } },
  },
});
const authentication = { key: { keys: [{ key, subject: 'ada', groups: ['staff', 'other'] }] } };

type Options = Partial<GatewayOptions>;

/** What it listens on, and what ends it. */
interface Listening {
  readonly url: string;
  readonly close: () => void;
}

async function listen(server: Server, scheme = 'http'): Promise<Listening> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** An upstream that tells the fields that it got. */
const echo: RequestListener = ({ headers }, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(headers));
};

/** Starts a gateway before an upstream, lets `use` call it, ends both. What start refuses is `refused: <code>`. */
async function through<T>(
  options: Options,
  use: (gateway: Gateway) => T | Promise<T>,
  upstream: RequestListener = echo,
): Promise<T | string> {
  const behind = await listen(createServer(upstream));
  let gateway: Gateway | undefined;
  try {
    gateway = await startGateway({ contract: document(), authentication, upstream: behind.url, port: 0, ...options });
    return await use(gateway);
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    return `refused: ${error.code}`;
  } finally {
    behind.close();
    await gateway?.close();
  }
}

interface Said {
  readonly status: number;
  readonly text: string;
}

const get = (gateway: { readonly url: string }, path = '/echo', headers: Record<string, string> = {}): Promise<Said> =>
  new Promise((resolve) => {
    const send = gateway.url.startsWith('https') ? tlsRequest : request;
    const outgoing = send(`${gateway.url}${path}`, { headers, agent: false, rejectUnauthorized: false }, (answer) => {
      let text = '';
      const settle = (): void => resolve({ status: answer.statusCode ?? 0, text });
      answer.on('data', (chunk: Buffer) => (text += String(chunk)));
      answer.on('error', settle);
      answer.on('end', settle);
    });
    outgoing.on('error', ({ name }) => resolve({ status: 0, text: name }));
    outgoing.end();
  });
const status = async (gateway: Gateway, path?: string): Promise<string> => String((await get(gateway, path)).status);
const url = ({ url: at }: Gateway): string => at;

/** What the upstream is told of the caller. */
const claims = async (gateway: Gateway): Promise<string> => {
  const { 'castellan-context': token = '' } = JSON.parse(
    (await get(gateway, '/mine', { 'x-key': key })).text,
  ) as Record<string, string>;
  const { iss, aud, exp, iat, groups } = JSON.parse(
    Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}',
  ) as Record<string, number>;
  return JSON.stringify([groups, iss, String(aud).replace(/:\d+$/, ''), Number(exp) - Number(iat)]);
};

const differ =
  <T>(without: Options, with_: Options, use: (gateway: Gateway) => T | Promise<T>): Probe =>
  async () => [String(await through(without, use)), String(await through(with_, use))];

/** Both wait for what never comes: by the time the one with the limit has its answer, the other has none. */
const waits =
  (limited: Options, path: string, upstream: RequestListener): Probe =>
  async () => {
    const said = await through(
      {},
      async (patient) => {
        let other = 'nothing yet';
        const waiting = get(patient, path).then(({ status: code }) => (other = String(code)));
        const first = await through(limited, async (gateway) => (await get(gateway, path)).status, upstream);
        const found = `${other}|${first}`;
        await patient.guard.end();
        void waiting;
        return found;
      },
      upstream,
    );
    const [without = '', with_ = ''] = String(said).split('|');
    return [without, with_];
  };
const silent: RequestListener = () => undefined;
const half =
  (type: string): RequestListener =>
  (_, response) => {
    response.setHeader('content-type', type);
    response.write(type === 'application/json' ? '{' : 'data: 1\n\n');
  };

/** How a second request fares while the first one has no answer. */
const second = (path: string) => async (options: Options) => {
  let answer = (): void => undefined;
  const { promise: asked, resolve: seen } = Promise.withResolvers<void>();
  let count = 0;
  return through(
    options,
    async (gateway) => {
      const first = get(gateway, path);
      await asked;
      const next = get(gateway, path);
      const early = await Promise.race([next.then(({ status: code }) => code), first.then(() => 0)]).catch(() => 0);
      answer();
      return String(early);
    },
    (_, response) => {
      response.setHeader('content-type', path === '/feed' ? 'text/event-stream' : 'application/json');
      count += 1;
      if (count > 1) return void response.end(path === '/feed' ? 'data: 2\n\n' : '{}');
      answer = () => void response.end(path === '/feed' ? 'data: 1\n\n' : '{}');
      seen();
    },
  );
};
const crowded =
  (path: string, without: Options, with_: Options): Probe =>
  async () => [await second(path)(without), await second(path)(with_)];

let made: ReturnType<typeof certificates> | undefined;
function certificates() {
  const authority = createAuthority('words');
  const [one, other] = [
    authority.issue('localhost', { usage: 'serverAuth' }),
    authority.issue('other', { usage: 'serverAuth' }),
  ];
  authority.close();
  return {
    ...one,
    ca: file(authority.cert, 'pem'),
    files: { cert: file(one.cert, 'pem'), key: file(one.key, 'pem') },
    other: file(other.key, 'pem'),
  };
}
const pems = (): ReturnType<typeof certificates> => (made ??= certificates());

/** Whether a client that speaks nothing newer than TLS 1.2 gets a connection. */
const oldClient = (gateway: Gateway): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connectTls({ host: hostname, port: Number(port), maxVersion: 'TLSv1.2', rejectUnauthorized: false });
    const settle = (said: string) => (): void => {
      socket.destroy();
      resolve(said);
    };
    socket.once('secureConnect', settle('connected'));
    socket.once('error', settle('refused'));
  });

async function withTlsUpstream(of: (upstream: string) => Options): Promise<string> {
  const { cert, key: own } = pems();
  const behind = await listen(createTlsServer({ cert, key: own }, echo), 'https');
  try {
    return String(await through(of(behind.url), status));
  } finally {
    behind.close();
  }
}

/** A server that takes connections and says nothing: no TLS handshake ever ends. */
async function withMuteUpstream(of: (upstream: string) => Promise<readonly [string, string]>) {
  const mute = createTcpServer((socket) => socket.on('error', () => socket.destroy()));
  const sockets = new Set<{ destroy(): void }>();
  mute.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => {
    mute.listen(0, '127.0.0.1', resolve);
  });
  try {
    return await of(`https://127.0.0.1:${(mute.address() as AddressInfo).port}`);
  } finally {
    mute.close();
    for (const socket of sockets) socket.destroy();
  }
}

async function twoUpstreams(of: (a: string, b: string) => Options): Promise<string> {
  const name =
    (text: string): RequestListener =>
    (_, response) =>
      void response.setHeader('content-type', 'application/json').end(JSON.stringify(text));
  const [a, b] = [await listen(createServer(name('a'))), await listen(createServer(name('b')))];
  try {
    return String(await through(of(a.url, b.url), async (gateway) => (await get(gateway)).text));
  } finally {
    a.close();
    b.close();
  }
}

/** Incidents of a gateway that is asked for these paths. */
const incidents =
  (without: Options, with_: Options, paths: readonly string[]): Probe =>
  async () => {
    const said = async (options: Options): Promise<string> => {
      let detection: Gateway['detection'];
      const failed = await through(options, async (gateway) => {
        ({ detection } = gateway);
        for (const path of paths) await get(gateway, path);
        return '';
      });
      // Facts are told at the end at the latest.
      return `${failed} ${detection?.incidents.map(({ detectors }) => detectors.join()).join(' ')}`;
    };
    return [await said(without), await said(with_)];
  };
const scanned = ['.env', '.git/config', 'wp-login.php', 'phpmyadmin', 'backup.zip', 'console', 'actuator/env'];
const honey = ['/backup.sql'];

export const probes: Readonly<Record<string, Probe>> = {
  'upstream.url': async () => [
    await twoUpstreams((a) => ({ upstream: [{ url: a }] })),
    await twoUpstreams((_, b) => ({ upstream: [{ url: b }] })),
  ],
  'upstream.weight': async () => [
    await twoUpstreams((a, b) => ({ upstream: [{ url: a }, { url: b }] })),
    await twoUpstreams((a, b) => ({ upstream: [{ url: a, weight: 0 }, { url: b }] })),
  ],
  'upstream.ca': async () => [
    await withTlsUpstream((upstream) => ({ upstream: [{ url: upstream }] })),
    await withTlsUpstream((upstream) => ({ upstream: [{ url: upstream, ca: pems().ca }] })),
  ],
  port: async () => {
    const free = await listen(createServer());
    free.close();
    const port = Number(new URL(free.url).port);
    return [String(await through({}, url)), String(await through({ port }, url))].map((at) =>
      String(at.endsWith(`:${port}`)),
    ) as unknown as readonly [string, string];
  },
  host: differ({}, { host: '::1' }, (gateway) => new URL(gateway.url).hostname),
  'tls.cert': async () => [
    String(await through({}, (gateway) => new URL(gateway.url).protocol)),
    String(await through({ tls: pems().files }, (gateway) => new URL(gateway.url).protocol)),
  ],
  'tls.key': async () => [
    String(await through({ tls: { ...pems().files, key: pems().other } }, status)),
    String(await through({ tls: pems().files }, status)),
  ],
  'tls.clientCa': async () => {
    const options = {
      contract: document({ security: [{ card: [] }] }),
      authentication: { ...authentication, card: { certificates: { subject: 'common-name' as const, anyone: true } } },
    };
    return [
      String(await through({ ...options, tls: pems().files }, status)),
      String(await through({ ...options, tls: { ...pems().files, clientCa: pems().ca } }, status)),
    ];
  },
  'tls.minVersion': async () => [
    String(await through({ tls: pems().files }, oldClient)),
    String(await through({ tls: { ...pems().files, minVersion: 'TLSv1.3' } }, oldClient)),
  ],
  'context.file': async () => {
    const keys = join(folder, 'signing.json');
    const said: string[] = [];
    for (const context of [{}, { file: keys }]) {
      await through({ context }, claims);
      said.push(String(existsSync(keys)));
    }
    return said as unknown as readonly [string, string];
  },
  'context.issuer': differ({}, { context: { issuer: 'front' } }, claims),
  'context.audience': differ({}, { context: { audience: 'api' } }, claims),
  'context.groups': differ({}, { context: { groups: ['staff'] } }, claims),
  'context.lifetime': differ({}, { context: { lifetime: 7 } }, claims),
  'context.interval': differ({ context: { overlap: 10 } }, { context: { overlap: 10, interval: 5 } }, status),
  'context.overlap': differ({ context: { interval: 20 } }, { context: { interval: 20, overlap: 10 } }, status),
  'timeouts.connect': () =>
    withMuteUpstream(async (upstream) => {
      const said = await through({ upstream }, async (patient) => {
        let other = 'nothing yet';
        void get(patient).then(({ status: code }) => (other = String(code)));
        const first = await through({ upstream, timeouts: { connect: 30 } }, status);
        return `${other}|${first}`;
      });
      const [without = '', with_ = ''] = String(said).split('|');
      return [without, with_];
    }),
  'timeouts.head': waits({ timeouts: { head: 30 } }, '/echo', silent),
  'timeouts.body': waits({ timeouts: { body: 30 } }, '/echo', half('application/json')),
  'timeouts.stream': waits({ timeouts: { stream: 30 } }, '/feed', half('text/event-stream')),
  'timeouts.queue': async () => {
    const capacity = { connections: 1 };
    return [await second('/echo')({ capacity, timeouts: { queue: 1 } }), await second('/echo')({ capacity: {} })];
  },
  'timeouts.send': async () => {
    const looks = async (timeouts: NonNullable<Options['timeouts']>): Promise<string> => {
      const timers = mock.method(globalThis, 'setInterval');
      await through({ timeouts }, status);
      const found = timers.mock.calls.map(({ arguments: [, delay] }) => String(delay)).join(' ');
      timers.mock.restore();
      return found;
    };
    return [await looks({}), await looks({ send: 4444 })];
  },
  'capacity.connections': crowded('/echo', { capacity: { queue: 0 } }, { capacity: { connections: 1, queue: 0 } }),
  'capacity.streams': crowded('/feed', { capacity: { queue: 0 } }, { capacity: { streams: 1, queue: 0 } }),
  'capacity.queue': crowded(
    '/echo',
    { capacity: { connections: 1 }, timeouts: { queue: 1 } },
    { capacity: { connections: 2, queue: 0 } },
  ),
  hosts: differ({}, { hosts: ['api.example'] }, async (gateway) => {
    const { text } = await get(gateway, '/echo', { host: 'api.example' });
    return (JSON.parse(text) as Record<string, string>)['x-forwarded-host'];
  }),
  contextToken: differ({ context: false }, { context: false, contextToken: () => 'mine' }, async (gateway) => {
    const { text } = await get(gateway);
    return (JSON.parse(text) as Record<string, string>)['castellan-context'];
  }),
  admin: differ({}, { admin: 0 }, async ({ adminUrl = '' }) =>
    adminUrl === '' ? 'nowhere' : (await fetch(`${adminUrl}/readyz`)).status,
  ),
  'detect.warmUp': incidents(
    { detect: true },
    { detect: { warmUp: 0 } },
    scanned.map((name) => `/${name}`),
  ),
  'detect.off': incidents({ detect: { honey } }, { detect: { honey, off: ['canary'] } }, honey),
  'detect.honey': incidents({ detect: true }, { detect: { honey } }, honey),
  'detect.respond': async () => {
    const banned = (respond: Readonly<Record<string, 'ban' | 'observe'>>): Promise<string> =>
      through({ detect: { honey, respond } }, async (gateway) => {
        await get(gateway, '/backup.sql');
        // Facts are told a moment later.
        for (let i = 0; i < 100 && gateway.detection?.incidents.length === 0; i++)
          await new Promise((resolve) => setTimeout(resolve, 5));
        return status(gateway);
      });
    return [await banned({ canary: 'observe' }), await banned({ canary: 'ban' })];
  },
  'detect.file': async () => {
    const said = async (file: string | undefined): Promise<string> => {
      const detect = { honey, ...(file === undefined ? {} : { file }) };
      await through({ detect }, async (gateway) => (await get(gateway, '/backup.sql')).text);
      let known = 0;
      await through({ detect }, async ({ detection }) => String((known = detection?.incidents.length ?? 0)));
      return String(known);
    };
    return [await said(undefined), await said(file('', 'jsonl'))];
  },
  'detect.respondFor': incidents({ detect: {} }, { detect: { respondFor: 0 } }, []),
  ...Object.fromEntries(
    Object.entries({
      'webhook.url': [{ url: 'https://hooks.example' }, { url: 'http://hooks.example' }],
      'webhook.secret': [{ secret: 'a secret of some length' }, { secret: 'short' }],
      'syslog.host': [{ host: 'log.example' }, { host: '' }],
      'syslog.port': [{ port: 6514 }, { port: 70_000 }],
      'syslog.tls': [{ tls: true }, { tls: 'perhaps' }],
      'syslog.ca': [{ ca: 'pem' }, { ca: '${file:/none}' }],
      'mail.host': [{ host: 'mail.example' }, { host: '' }],
      'mail.port': [{ port: 25 }, { port: 0 }],
      'mail.from': [{ from: 'a@example.com' }, { from: 'a' }],
      'mail.to': [{ to: ['a@example.com'] }, { to: ['a>@example.com'] }],
      'mail.security': [{ security: 'none' }, { security: 'ssl' }],
      'mail.ca': [{ ca: 'pem' }, { ca: '${env:NONE_SUCH}' }],
      'mail.user': [{ user: 'me' }, { user: '' }],
      'mail.password': [{ password: 'x' }, { password: '${env:NONE_SUCH}' }],
    }).map(([path, [without, with_]]) => {
      const [kind = '', ...member] = path.split('.');
      const base = {
        webhook: { url: 'https://hooks.example', secret: 'a secret of some length' },
        syslog: { host: 'log.example' },
        mail: { host: 'mail.example', from: 'a@example.com', to: ['b@example.com'] },
      }[kind];
      const set = (value: object | undefined): Options =>
        ({ detect: { notify: { [kind]: { ...base, ...value } } } }) as unknown as Options;
      return [`detect.notify.${kind}.${member.join('.')}`, incidents(set(without), set(with_), [])];
    }),
  ),
  'detect.canaries': incidents({ detect: {} }, { detect: { canaries: ['no id'] } }, []),
  onIncident: async () => {
    let told = 0;
    await through({ detect: { honey } }, (gateway) => get(gateway, '/backup.sql').then(() => ''));
    const without = String(told);
    await through({ detect: { honey }, onIncident: () => (told += 1) }, (gateway) =>
      get(gateway, '/backup.sql').then(() => ''),
    );
    return [without, String(told)];
  },
};
