import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePolicies } from '../policy-set.ts';
import { EntityRef } from '../values/entity.ts';
import { speakersOf } from './speakers.ts';

const schema = `entity Group; entity User in [Group]; entity Folder; entity Doc in [Folder]; entity Api;
  action "safe"; action "tag:docs" in ["safe"];
  action "read" in ["safe", "tag:docs"] appliesTo { principal: User, resource: Doc };
  action "edit" in ["tag:docs"] appliesTo { principal: User, resource: Doc };
  action "audit" appliesTo { principal: User, resource: Api };`;
const principals = [
  'principal',
  'principal is User',
  'principal == User::"ada"',
  'principal in Group::"g"',
  'principal is User in Group::"g"',
];
const actions = [
  'action',
  'action == Action::"read"',
  'action in [Action::"read", Action::"audit"]',
  'action in Action::"tag:docs"',
  'action in Action::"safe"',
];
const resources = ['resource', 'resource is Doc', 'resource == Doc::"d"', 'resource in Folder::"f"', 'resource is Api'];

test('every form of head speaks of what it decides on, and of nothing else', () => {
  for (const effect of ['permit', 'forbid'] as const)
    for (const principal of principals)
      for (const action of actions)
        for (const resource of resources) {
          const text = `@id("p") ${effect} (${principal}, ${action}, ${resource});`;
          const set = compilePolicies({ policies: text, schema, validation: 'off' });
          for (const [id, type] of [
            ['read', 'Doc'],
            ['edit', 'Doc'],
            ['audit', 'Api'],
          ] as const) {
            const decides = set.satisfies('p', {
              principal: set.entity('User', 'ada', {}, { parents: [new EntityRef('Group', 'g')] }),
              action: new EntityRef('Action', id),
              resource: set.entity(type, 'd', {}, { parents: type === 'Doc' ? [new EntityRef('Folder', 'f')] : [] }),
            });
            const [speaker] = speakersOf(set, id, [type]);
            assert.equal(speaker !== undefined, decides, `${text} on ${id}`);
            if (speaker === undefined) continue;
            assert.equal(speaker.effect, effect);
            assert.equal(speaker.conditional, false);
            assert.equal(
              speaker.who,
              principal === 'principal' ? 'anyone' : principal.replace(/^principal (?:is |== )?/, ''),
            );
          }
        }
});

test('a policy with a condition says so', () => {
  const set = compilePolicies({ policies: 'permit (principal, action, resource) when { 1 == 1 };', schema });
  assert.equal(speakersOf(set, 'read', ['Doc'])[0]?.conditional, true);
});
