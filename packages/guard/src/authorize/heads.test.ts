// Heads of policies: whom and what each can be about, every form against every entity.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Entity, EntityRef } from '@castellan/policy';
import { aboutAction, aboutPrincipal, aboutType, namesAction, type PolicyHead } from './heads.ts';

const all = { op: 'All' } as const;
const uid = (type: string, id: string): { type: string; id: string } => ({ type, id });
const headOf = (part: Partial<PolicyHead>): PolicyHead => ({
  effect: 'permit',
  principal: all,
  action: all,
  resource: all,
  ...part,
});
const team = new EntityRef('Group', 'team');
const staff = new Entity('Group', 'staff', undefined, [new EntityRef('Group', 'people')]);
const source = (type: string, id: string): Entity | undefined =>
  type === 'Group' && id === 'staff'
    ? staff
    : type === 'Group' && id === 'people'
      ? new Entity('Group', 'people', undefined, [new EntityRef('Group', 'staff')])
      : undefined;
const ada = new Entity('User', 'ada', undefined, [team, new EntityRef('Group', 'staff')]);

test('actions', () => {
  const get = new Entity('Action', 'get', undefined, [
    new EntityRef('Action', 'safe'),
    new EntityRef('Action', 'notes'),
  ]);
  for (const [action, about, names] of [
    [all, true, false],
    [{ op: '==', entity: uid('Action', 'get') }, true, true],
    [{ op: '==', entity: { __entity: uid('Action', 'get') } }, true, true],
    [{ op: '==', entity: uid('Action', 'put') }, false, false],
    [{ op: '==', entity: uid('Other', 'get') }, false, false],
    [{ op: '==', entity: uid('Action', 'notes') }, false, false],
    [{ op: 'in', entity: uid('Action', 'notes') }, true, true],
    [{ op: 'in', entity: uid('Action', 'get') }, true, true],
    [{ op: 'in', entity: uid('Action', 'safe') }, true, false],
    [{ op: 'in', entities: [uid('Action', 'put'), uid('Action', 'get')] }, true, true],
    [{ op: 'in', entities: [uid('Action', 'put'), uid('Action', 'safe')] }, true, false],
    [{ op: 'in', entities: [uid('Action', 'put')] }, false, false],
    [{ op: 'in', entities: [] }, false, false],
  ] as const) {
    assert.equal(aboutAction(headOf({ action }), get), about, JSON.stringify(action));
    assert.equal(namesAction(headOf({ action }), get), names, JSON.stringify(action));
  }
});

test('types of resources', () => {
  for (const [resource, about] of [
    [all, true],
    [{ op: 'is', entity_type: 'Note' }, true],
    [{ op: 'is', entity_type: 'Folder' }, false],
    [{ op: 'is', entity_type: 'Folder', in: { entity: uid('Note', '1') } }, false],
    [{ op: '==', entity: uid('Note', '1') }, true],
    [{ op: '==', entity: uid('Folder', '1') }, false],
    [{ op: 'in', entity: uid('Folder', '1') }, true],
    [{ op: 'in', entity: { __entity: uid('Folder', '1') } }, true],
    [{ op: 'in', entity: uid('User', '1') }, false],
    [{ op: 'in' }, true],
  ] as const)
    assert.equal(aboutType(headOf({ resource }), 'Note', new Set(['Folder'])), about, JSON.stringify(resource));
});

test('principals', () => {
  for (const [principal, about] of [
    [all, true],
    [{ op: 'is', entity_type: 'User' }, true],
    [{ op: 'is', entity_type: 'Service' }, false],
    [{ op: 'is', entity_type: 'User', in: { entity: uid('Group', 'team') } }, true],
    [{ op: 'is', entity_type: 'User', in: { entity: uid('Group', 'other') } }, false],
    [{ op: 'is', entity_type: 'Service', in: { entity: uid('Group', 'team') } }, false],
    [{ op: '==', entity: uid('User', 'ada') }, true],
    [{ op: '==', entity: { __entity: uid('User', 'ada') } }, true],
    [{ op: '==', entity: uid('User', 'bob') }, false],
    [{ op: '==', entity: uid('Service', 'ada') }, false],
    [{ op: '==', entity: uid('Group', 'team') }, false],
    [{ op: 'in', entity: uid('User', 'ada') }, true],
    [{ op: 'in', entity: uid('Group', 'team') }, true],
    [{ op: 'in', entity: uid('Group', 'people') }, true],
    [{ op: 'in', entity: uid('Group', 'nobody') }, false],
    [{ op: 'in', entity: uid('Team', 'team') }, false],
    [{ op: '==' }, false],
  ] as const)
    assert.equal(aboutPrincipal(headOf({ principal }), ada, source), about, JSON.stringify(principal));
});
