// Servers that others wrote, behind the gateway: observed, learnt from, enforced, attacked.
import assert from 'node:assert/strict';
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { learn, writeLearnt, type Learnt } from '@castellan/assess/learn';
import { loadContract } from '@castellan/contract';
import { startGateway, type Gateway, type GatewayOptions } from '@castellan/gateway';
import { readRecords } from '@castellan/guard/learn';
import { attacksOn } from './attacks.ts';

/** One request, as a client of the API sends it. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The address that it comes from. */
  readonly from?: string;
}

export interface Answered {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: IncomingHttpHeaders;
}

/** Sends a request to where the API is in this run. */
export type Send = (call: Call) => Promise<Answered>;

/** A server of others. */
export interface RealServer {
  readonly name: string;
  /** Starts it on a free port, empty; undefined where it is not on this machine. */
  readonly start: (t: TestContext) => Promise<Running | undefined>;
}

export interface Running {
  readonly url: string;
  /** The document that it publishes itself. */
  readonly document: object;
  /** What of the gateway its document cannot say. */
  readonly options?: Partial<GatewayOptions>;
  /**
   * What honest clients do.
   * @param values another set of values for each number
   * @returns what was answered, in order
   */
  readonly session: (send: Send, values: number) => Promise<void>;
  /** Attacks that its document allows, by name: the server itself has to stop them. */
  readonly allowed?: readonly string[];
  /** A client that others wrote, against an address of the API; rejects where it does not work. */
  readonly client?: (url: string) => Promise<void>;
}

/** Sends one request and collects the answer. */
export function send(url: string, call: Call): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request(
      {
        hostname,
        port,
        path: call.path,
        method: call.method,
        localAddress: call.from,
        headers: {
          ...(call.body === undefined ? {} : { 'content-length': Buffer.byteLength(call.body) }),
          ...call.headers,
        },
      },
      (response) => {
        collect(response).then(
          (body) => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
          reject,
        );
      },
    );
    sent.on('error', reject);
    sent.end(call.body);
  });
}

async function collect(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A plain proxy between gateway and server, which knows what the server got and wrote. */
async function between(
  url: string,
): Promise<{ url: string; seen: { call: Call; answered: Answered }[]; close: () => Promise<void> }> {
  const seen: { call: Call; answered: Answered }[] = [];
  const server = createServer((incoming, response) => {
    void (async () => {
      const body = await collect(incoming);
      const headers = { ...incoming.headers } as Record<string, string>;
      for (const name of ['connection', 'transfer-encoding', 'content-length', 'expect']) delete headers[name];
      const call = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers,
        ...(body.length === 0 ? {} : { body: body.toString('latin1') }),
      };
      const forwarded = await forward(url, call, body);
      seen.push({ call, answered: forwarded });
      const out = { ...forwarded.headers };
      for (const name of ['connection', 'transfer-encoding', 'keep-alive']) delete out[name];
      response.writeHead(forwarded.status, out);
      response.end(forwarded.body);
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function forward(url: string, call: Call, body: Buffer): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const headers = { ...call.headers, ...(body.length === 0 ? {} : { 'content-length': String(body.length) }) };
    const sent = request({ hostname, port, path: call.path, method: call.method, headers }, (response) => {
      collect(response).then(
        (all) => resolve({ status: response.statusCode ?? 0, body: all, headers: response.headers }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

interface Honest {
  readonly call: Call;
  readonly answered: Answered;
}

/** Runs a session and keeps what was asked and answered. */
async function played(running: Running, url: string, values: number): Promise<Honest[]> {
  const honest: Honest[] = [];
  await running.session(async (call) => {
    const answered = await send(url, call);
    honest.push({ call, answered });
    return answered;
  }, values);
  return honest;
}

/** The tests that every server has to pass. */
export function tryServer(server: RealServer): void {
  test(server.name, { timeout: 280_000 }, async (t) => {
    const running = await server.start(t);
    if (running === undefined) return t.skip('it is not on this machine');
    const folder = mkdtempSync(join(tmpdir(), 'castellan-real-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const document = join(folder, 'openapi.json');
    writeFileSync(document, JSON.stringify(running.document));
    const tap = await between(running.url);
    t.after(() => tap.close());
    const gateway = async (options: Partial<GatewayOptions>): Promise<Gateway> => {
      const started = await startGateway({
        contract: document,
        upstream: tap.url,
        port: 0,
        watch: false,
        limits: { perAddress: 'off', perPrincipal: 'off' },
        ...running.options,
        ...options,
      });
      t.after(() => started.close());
      return started;
    };

    const records = join(folder, 'learnt');
    const observing = await gateway({ mode: 'observe', authentication: {}, learn: records });
    const first = await played(running, observing.url, 1);
    await t.test('observed, status and body are those that the server wrote', () => {
      assert.equal(tap.seen.length, first.length);
      for (const [index, { call, answered }] of first.entries()) {
        const wrote = tap.seen[index]?.answered;
        const at = `${call.method} ${call.path}`;
        assert.equal(answered.status, wrote?.status, at);
        assert.ok(wrote?.body.equals(answered.body) === true, `${at}: ${answered.body.toString().slice(0, 200)}`);
        assert.equal(tap.seen[index]?.call.path, call.path);
        assert.equal(
          tap.seen[index]?.call.body ?? '',
          call.body === undefined ? '' : Buffer.from(call.body).toString('latin1'),
          at,
        );
      }
    });
    if (running.client !== undefined) await running.client(observing.url);
    await observing.close();

    const learnt = await learn(await loadContract(document), await readRecords(records), 'safe');
    const overlay = join(folder, 'learnt.overlay.json');
    writeFileSync(overlay, JSON.stringify(learnt.overlay));
    t.diagnostic(summary(learnt));
    if (process.env['REPORT'] !== undefined) console.log(writeLearnt(learnt, 'text'));

    const enforcing = await gateway({ mode: 'enforce', overlays: [overlay] });
    for (const values of [1, 2]) {
      tap.seen.length = 0;
      const again = await played(running, enforcing.url, values);
      await t.test(`enforced, no honest call of session ${values} breaks`, () => {
        // Where errors are documented as application/json only, problems leave under that type.
        const broken = again.filter(({ answered }) =>
          answered.body.toString('latin1', 0, 100).includes('/.well-known/castellan/problems#'),
        );
        assert.deepEqual(
          broken.map(
            ({ call, answered }) =>
              `${call.method} ${call.path} ${answered.status} ${answered.body.toString().slice(0, 300)}`,
          ),
          [],
        );
        assert.equal(tap.seen.length, again.length);
        for (const [index, { call, answered }] of again.entries())
          assert.equal(answered.status, tap.seen[index]?.answered.status, `${call.method} ${call.path}`);
        for (const [index, { call, answered }] of again.entries()) {
          const wrote = tap.seen[index]?.answered;
          if (answered.status < 400 && wrote !== undefined)
            assert.deepEqual(jsonOf(answered.body), jsonOf(wrote.body), `${call.method} ${call.path}`);
        }
      });
    }
    if (running.client !== undefined)
      await t.test('enforced, the client of others works', () => running.client?.(enforcing.url));

    await t.test('enforced, attacks are stopped before the server', async () => {
      const attacks = attacksOn(first.map(({ call, answered }) => ({ call, status: answered.status }))).filter(
        ({ name }) => running.allowed?.includes(name) !== true,
      );
      assert.ok(attacks.length >= 30, `only ${attacks.length} attacks`);
      const through: string[] = [];
      for (const attack of attacks) {
        tap.seen.length = 0;
        const status = await attack.run(enforcing.url);
        if (tap.seen.length > 0 || (status >= 200 && status < 400)) through.push(`${attack.name}: ${status}`);
      }
      assert.deepEqual(through, []);
    });
  });
}

/** Members that a server writes in any order are the same; a body that is no JSON is its bytes. */
function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return body;
  }
}

function summary({ changes, operations }: Learnt): string {
  const of = (outcome: string): number => changes.filter((change) => change.outcome === outcome).length;
  const sum = (member: 'passes' | 'changed' | 'refused'): number =>
    operations.reduce((all, one) => all + one[member], 0);
  return `${of('made')} changes made, ${of('open')} questions, ${of('refused')} attacks, ${of('by-hand')} by hand; ${sum('passes')} pass, ${sum('changed')} changed, ${sum('refused')} refused`;
}
