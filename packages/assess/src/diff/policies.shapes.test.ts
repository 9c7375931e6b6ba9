// One word of a policy is another, in policies of many shapes: times, durations, decimals, addresses, patterns, chains of has, sets, tags.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { loadExample } from '../posture/example.ts';
import { diffPolicies } from './policies.ts';

const text = { type: 'string' };
const ref = { $ref: '#/components/schemas/Shipment' };
const person = { ...text, 'x-castellan': { resource: 'User' } };

const contract = await loadExample(
  stringify({
    security: [{ who: [] }],
    paths: {
      '/shipments/{id}': {
        parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
        get: {
          operationId: 'getShipment',
          responses: { 200: { description: 'ok', content: { 'application/json': { schema: ref } } } },
        },
        put: {
          operationId: 'moveShipment',
          requestBody: {
            content: {
              'application/json': { schema: { type: 'object', properties: { to: text, weight: { type: 'integer' } } } },
            },
          },
          responses: { 204: { description: 'ok' } },
        },
        delete: { operationId: 'dropShipment', responses: { 204: { description: 'ok' } } },
      },
    },
    components: {
      securitySchemes: { who: { type: 'http', scheme: 'bearer' } },
      schemas: {
        User: {
          type: 'object',
          'x-castellan': { resource: 'User' },
          properties: {
            id: text,
            region: text,
            rating: { type: 'number' },
            hired: { type: 'string', format: 'date-time' },
            office: { type: 'string', format: 'ipv4' },
          },
        },
        Shipment: {
          type: 'object',
          required: ['id', 'weight', 'code', 'sent', 'price', 'states'],
          'x-castellan': { resource: 'Shipment' },
          properties: {
            id: text,
            weight: { type: 'integer' },
            code: text,
            sent: { type: 'string', format: 'date-time' },
            price: { type: 'number' },
            states: { type: 'array', items: text },
            carrier: person,
            route: {
              type: 'object',
              properties: { hub: { type: 'object', properties: { name: text, open: { type: 'boolean' } } } },
            },
          },
        },
      },
    },
  }),
);

const base = `
@id("late") permit (principal in Group::"drivers", action == Action::"getShipment", resource is Shipment)
when { context.now >= resource.sent.offset(duration("36h")) && context.now.durationSince(resource.sent) < duration("5d12h") };

@id("senior") permit (principal, action == Action::"moveShipment", resource is Shipment)
when { principal has hired && context.now.durationSince(principal.hired).toDays() > 365 && resource.weight <= 1200 };

@id("priced") permit (principal in Group::"sales", action in [Action::"getShipment", Action::"moveShipment"], resource is Shipment)
when { resource.price.greaterThanOrEqual(decimal("99.95")) && resource.price.lessThan(decimal("1500.5")) };

@id("rated") permit (principal, action == Action::"getShipment", resource is Shipment)
when { principal has rating && principal.rating.greaterThan(decimal("4.25")) && resource.code like "EU-*-7?" };

@id("net") permit (principal in Group::"depot", action == Action::"dropShipment", resource is Shipment)
when { context has address && (context.address.isInRange(ip("10.20.0.0/16")) || context.address.isLoopback()) };

@id("code") permit (principal in Group::"depot", action == Action::"moveShipment", resource is Shipment)
when { resource.code like "DE*" || ["open", "held"].containsAny(resource.states) };

@id("hub") permit (principal in Group::"hubs", action == Action::"getShipment", resource is Shipment)
when { resource has route.hub.name && resource.route.hub.name == "Kassel" && resource.route.hub has open && resource.route.hub.open };

@id("carrier") permit (principal, action in [Action::"getShipment", Action::"dropShipment"], resource is Shipment)
when { resource has carrier && resource.carrier == principal && resource.states.containsAll(["packed", "paid"]) };

@id("tagged") permit (principal in Group::"partners", action == Action::"getShipment", resource is Shipment)
when { principal.hasTag("tier") && principal.getTag("tier") == "gold" && resource.hasTag("lane") };

@id("body") permit (principal in Group::"planners", action == Action::"moveShipment", resource is Shipment)
when { context has body && context.body has weight && context.body.weight + 10 <= resource.weight * 2 };

@id("holiday") forbid (principal, action == Action::"dropShipment", resource)
when { context.now >= datetime("2026-12-24T00:00:00+0100") && context.now < datetime("2026-12-27T00:00:00+0100") }
unless { principal in [Group::"night", Group::"chiefs"] };

@id("heavy") forbid (principal, action == Action::"moveShipment", resource is Shipment)
when { resource.weight > 5000 && !(resource.states.contains("cleared")) };
`;

/** What one word may become. */
const words: readonly (readonly [RegExp, string])[] = [
  [/ >= /g, ' > '],
  [/ <= /g, ' < '],
  [/ < /g, ' <= '],
  [/ > /g, ' >= '],
  [/ == (?=[^A])/g, ' != '],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/"36h"/g, '"37h"'],
  [/"5d12h"/g, '"5d12h1ms"'],
  [/365/g, '364'],
  [/1200/g, '1201'],
  [/99\.95/g, '99.96'],
  [/1500\.5/g, '1500.5001'],
  [/4\.25/g, '4.2501'],
  [/greaterThanOrEqual/g, 'greaterThan'],
  [/lessThan\(/g, 'lessThanOrEqual('],
  [/greaterThan\(/g, 'greaterThanOrEqual('],
  [/EU-\*-7\?/g, 'EU-*-7'],
  [/EU-\*-7\?/g, 'EU-*7?'],
  [/"DE\*"/g, '"DE-*"'],
  [/"DE\*"/g, '"*DE*"'],
  [/10\.20\.0\.0\/16/g, '10.20.0.0/17'],
  [/10\.20\.0\.0\/16/g, '10.20.0.0/15'],
  [/isLoopback/g, 'isMulticast'],
  [/containsAny/g, 'containsAll'],
  [/containsAll/g, 'containsAny'],
  [/"held"/g, '"lost"'],
  [/"paid"/g, '"sent"'],
  [/, "held"/g, ''],
  [/, "paid"/g, ''],
  [/"Kassel"/g, '"Fulda"'],
  [/hub\.open/g, 'hub.open == false'],
  [/route\.hub\.name &&/g, 'route.hub &&'],
  [/"tier"\)(?= ==)/g, '"rank")'],
  [/hasTag\("tier"\)/g, 'hasTag("rank")'],
  [/"gold"/g, '"silver"'],
  [/"lane"/g, '"line"'],
  [/ \+ 10/g, ' + 11'],
  [/ \* 2/g, ' * 3'],
  [/ \+ 10/g, ' - 10'],
  [/12-24/g, '12-23'],
  [/T00:00:00\+0100"\) &&/g, 'T00:00:00+0200") &&'],
  [/12-27/g, '12-28'],
  [/, Group::"chiefs"/g, ''],
  [/5000/g, '5001'],
  [/"cleared"/g, '"checked"'],
  [/Group::"(?:drivers|sales|depot|hubs|partners|planners|night)"/g, 'Group::"others"'],
  [/, Action::"(?:move|drop)Shipment"\]/g, ']'],
  [/Action::"dropShipment"(?=, resource\))/g, 'Action::"moveShipment"'],
  [/\nunless/g, '\nwhen'],
  [/\nwhen/g, '\nunless'],
  [/toDays\(\) > 365/g, 'toHours() > 365'],
  [/ permit /g, ' forbid '],
  [/ forbid /g, ' permit '],
  [/!\(resource/g, '(resource'],
  [/principal in Group::"depot"/g, 'principal'],
  [/resource\.carrier == principal/g, 'resource.carrier in Group::"drivers"'],
];

function mutants(): { readonly name: string; readonly text: string; readonly id: string }[] {
  return words.flatMap(([from, to]) =>
    [...base.matchAll(from)].map((match) => {
      const text = base.slice(0, match.index) + to + base.slice(match.index + match[0].length);
      const [, id = ''] = [...base.slice(0, match.index + 1).matchAll(/@id\("(\w+)"\)/g)].at(-1) ?? [];
      return { name: `${id}: ${match[0].trim()} → ${to.trim()}`, text, id };
    }),
  );
}

/** Each third, all where there is time. */
const step = process.env['CASTELLAN_WHOLE'] === '1' ? 1 : 3;
const all = mutants().filter((_, index) => index % step === 0);
test(`each of ${all.length} changes of one word is found, named, and judged`, (context) => {
  const missed: string[] = [];
  for (const { name, text: changed, id } of all) {
    const found = diffPolicies([{ file: 'a.cedar', text: base }], [{ file: 'a.cedar', text: changed }], contract);
    const told = found.some(
      ({ code, message }) =>
        message.includes(` ${id} `) && !['policy-says-the-same', 'policy-not-judged'].includes(code),
    );
    if (!told) missed.push(`${name}: ${found.map(({ code, message }) => `${code} ${message}`).join('; ')}`);
  }
  context.diagnostic(`${all.length} changes`);
  assert.ok(all.length >= 60 / step, String(all.length));
  assert.deepEqual(missed, []);
});
