// For each option of telemetry: what a collector is sent.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TelemetryOptions } from '@castellan/guard';
import { statuses, type Ask, type Probe } from './api.ts';

const get: Ask = { path: '/notes/n1' };

interface Sent {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** What comes to a collector. */
async function collected(options: Omit<TelemetryOptions, 'otlp'> | undefined, wait = 0): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      sent.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const otlp = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  if (wait === 0) await statuses(options === undefined ? {} : { telemetry: { otlp, ...options } }, get);
  else {
    const running = (await import('./api.ts')).running;
    await running({ telemetry: { otlp, ...options } }, async ({ ask }) => {
      await ask(get);
      // More than one export of metrics, or only the one at the end.
      for (let looks = 0; looks < wait && sent.filter(({ path }) => path === '/v1/metrics').length < 2; looks++)
        await new Promise((resolve) => setTimeout(resolve, 20));
      return '';
    });
  }
  server.close();
  return sent;
}

const paths = (sent: readonly Sent[]): string => [...new Set(sent.map(({ path }) => path))].sort().join(' ');

export const telemetryProbes: Readonly<Record<string, Probe>> = {
  'telemetry.otlp': async () => [paths(await collected(undefined)), paths(await collected({}))],
  'telemetry.headers': async () => {
    const fields = async (headers: Record<string, string>): Promise<string> =>
      String((await collected({ headers }))[0]?.authorization);
    return [await fields({}), await fields({ authorization: 'Bearer x' })];
  },
  'telemetry.signals': async () => [paths(await collected({})), paths(await collected({ signals: ['traces'] }))],
  'telemetry.service': async () => {
    const name = async (options: Omit<TelemetryOptions, 'otlp'>): Promise<string> =>
      /"service\.name","value":\{"stringValue":"([^"]*)"/.exec((await collected(options))[0]?.body ?? '')?.[1] ?? '';
    return [await name({}), await name({ service: 'shop' })];
  },
  'telemetry.interval': async () => {
    const several = async (interval: number): Promise<string> =>
      String((await collected({ interval }, 25)).filter(({ path }) => path === '/v1/metrics').length > 1);
    return [await several(3_600_000), await several(100)];
  },
};
