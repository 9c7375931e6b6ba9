// What docs/operations gives to operators holds: alert rules and dashboard ask for metrics, labels and values that a gateway
// exports, Prometheus takes the rules, and the configuration of the collector names nothing that it does not define.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { before, httpUpstream, send } from '../packages/gateway/test/stage.ts';

const folder = join(import.meta.dirname, '../docs/operations');
const alertsFile = join(folder, 'alerts.yaml');
interface Alerts {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}
const alerts = parse(readFileSync(alertsFile, 'utf8')) as Alerts;
const dashboard = readFileSync(join(folder, 'grafana-dashboard.json'), 'utf8');

/** Every expression that is asked of Prometheus, with where it stands. */
function expressions(): readonly (readonly [where: string, expression: string])[] {
  const found: (readonly [string, string])[] = alerts.groups.flatMap(({ rules }) =>
    rules.map(({ alert, expr }) => [alert, expr] as const),
  );
  const walk = (value: unknown, title: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const own = 'title' in value && typeof value.title === 'string' ? value.title : title;
    for (const [name, inner] of Object.entries(value)) {
      if ((name === 'expr' || name === 'query' || name === 'definition') && typeof inner === 'string')
        found.push([own, inner]);
      else walk(inner, own);
    }
  };
  walk(JSON.parse(dashboard), 'the dashboard');
  return found;
}

const contract = {
  openapi: '3.1.0',
  info: { title: 'Watched', version: '1' },
  paths: {
    '/things': {
      get: {
        operationId: 'listThings',
        responses: { 200: { description: 'All', content: { 'application/json': { schema: { type: 'array' } } } } },
      },
    },
    '/secrets': {
      get: {
        operationId: 'listSecrets',
        security: [{ key: [] }],
        responses: { 200: { description: 'All' } },
      },
    },
  },
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } } },
};

test('every metric, label and value that rules and dashboard ask for is exported', async (t) => {
  let body = '[]';
  const upstream = await httpUpstream(t, (_request, response) => {
    response.writeHead(body === 'fail' ? 500 : 200, { 'content-type': 'application/json' }).end(body);
  });
  const authentication = { key: { keys: { k5Jq0b8QxWc2mT7vYpR4nL9sD1fG6hZa: { subject: 'batch' } } } };
  const { gateway } = await before(t, upstream, { contract, authentication, admin: 0 });
  const observing = await before(t, upstream, { contract, authentication, admin: 0, mode: 'observe' });
  for (const one of ['[]', '{"no":"list"}', 'fail']) {
    body = one;
    await send(gateway.url, '/things');
  }
  await send(gateway.url, '/secrets');
  await send(gateway.url, '/nowhere');
  await send(observing.gateway.url, '/secrets');
  const exported = (
    await Promise.all(
      [gateway, observing.gateway].map(async ({ adminUrl }) => (await fetch(`${adminUrl}/metrics`)).text()),
    )
  ).join('');
  const series = exported.split('\n').filter((line) => line.startsWith('castellan_'));
  const metricOf = (line: string): string => /^\w+/.exec(line)?.[0] ?? '';
  let asked = 0;
  for (const [where, expression] of expressions())
    for (const [selector, name = '', labels = ''] of expression.matchAll(/\b(castellan_\w+)(?:\{([^}]*)\})?/g)) {
      asked += 1;
      const own = series.filter((line) => metricOf(line) === name);
      assert.ok(own.length > 0, `${where}: ${name} is not exported`);
      for (const [, label = '', sign = '', value = ''] of labels.matchAll(/(\w+)(=~|!=|!~|=)"([^"]*)"/g)) {
        assert.ok(
          own.some((line) => line.includes(`${label}="`)),
          `${where}: ${name} has no label ${label}`,
        );
        if (sign === '=')
          assert.ok(
            own.some((line) => line.includes(`${label}="${value}"`)),
            `${where}: ${selector} finds nothing`,
          );
      }
      for (const [, list = ''] of expression.matchAll(/\bby \(([^)]*)\)/g))
        for (const label of list.split(',').map((one) => one.trim()))
          assert.ok(
            own.some((line) => line.includes(`${label}="`)),
            `${where}: ${name} has no label ${label}`,
          );
    }
  assert.ok(asked > 15, `${asked} are asked for`);
  // And what is exported is written as Prometheus reads it.
  for (const line of exported.split('\n').filter(Boolean))
    assert.match(
      line,
      /^(?:# (?:HELP|TYPE) \w+ .+|castellan_\w+(?:\{\w+="(?:[^"\\]|\\.)*"(?:,\w+="(?:[^"\\]|\\.)*")*\})? (?:[\d.e+-]+|\+Inf))$/,
    );
});

const promtool = spawnSync('promtool', ['--version']).status === 0 ? false : 'there is no promtool here';

test('Prometheus takes the alert rules', { skip: promtool }, () => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', alertsFile], { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, new RegExp(`${alerts.groups.flatMap(({ rules }) => rules).length} rules found`));
});

test('Prometheus takes what the gateway exports', { skip: promtool }, async (t) => {
  const upstream = await httpUpstream(t, (_request, response) => void response.end());
  const { gateway } = await before(t, upstream, {
    contract,
    authentication: { key: { verify: () => undefined } },
    admin: 0,
  });
  await send(gateway.url, '/things');
  const input = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
});

interface Collector {
  readonly receivers: Readonly<Record<string, unknown>>;
  readonly processors: Readonly<Record<string, unknown>>;
  readonly exporters: Readonly<Record<string, unknown>>;
  readonly service: {
    readonly pipelines: Readonly<
      Record<string, Readonly<Record<'receivers' | 'processors' | 'exporters', readonly string[]>>>
    >;
  };
}

test('the collector’s pipelines name what it defines, and all that it defines is used', () => {
  const collector = parse(readFileSync(join(folder, 'collector.yaml'), 'utf8')) as Collector;
  const { pipelines } = collector.service;
  for (const kind of ['receivers', 'processors', 'exporters'] as const) {
    const used = new Set(Object.values(pipelines).flatMap((pipeline) => pipeline[kind]));
    assert.deepEqual([...used].sort(), Object.keys(collector[kind]).sort(), kind);
  }
  for (const [name, { receivers, processors, exporters }] of Object.entries(pipelines)) {
    assert.match(name, /^(?:traces|metrics|logs)(?:\/\w+)?$/);
    assert.ok(receivers.length > 0 && exporters.length > 0, name);
    assert.deepEqual([processors[0], processors.at(-1)], ['memory_limiter', 'batch'], name);
  }
  // The event that the heads are kept by is the one that is sent.
  const written = readFileSync(join(import.meta.dirname, '../packages/guard/src/telemetry/log-record.ts'), 'utf8');
  const [, event = ''] =
    /event_name != "([^"]+)"/.exec(JSON.stringify(collector.processors).replaceAll('\\', '')) ?? [];
  assert.ok(written.includes(`'${event}'`), event);
});
