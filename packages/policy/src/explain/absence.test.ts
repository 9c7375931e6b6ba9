import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPolicies } from '../load/policies.ts';
import { gainsByAbsence } from './absence.ts';

const has = 'resource.folder has frozen';
const conditions: Readonly<Record<string, boolean>> = {
  [`when { ${has} }`]: false,
  [`when { ${has} && resource.folder.frozen }`]: false,
  [`when { (${has} && resource.folder.frozen) || resource.owner == principal }`]: false,
  [`when { if principal.staff then ${has} else false }`]: false,
  [`when { !!(${has}) }`]: false,
  [`when { if ${has} then resource.folder.open else false }`]: false,
  [`when { if ${has} then false else true }`]: true,
  [`unless { if ${has} then resource.folder.frozen else false }`]: true,
  [`unless { !(${has}) }`]: false,
  'when { !(resource has frozen) }': false,
  'unless { principal has blocked && principal.blocked }': false,
  'unless { resource.folder.frozen }': false,
  [`unless { ${has} && resource.folder.frozen }`]: true,
  [`unless { ${has} }`]: true,
  [`when { !(${has}) }`]: true,
  [`when { resource.owner == principal && !(${has}) }`]: true,
  [`when { if ${has} then resource.folder.open else true }`]: true,
  [`when { (${has}) == false }`]: true,
  [`when { [true].contains(${has}) }`]: true,
  'when { !(resource has folder.frozen) }': true,
  'unless { principal.manager has away }': true,
  'unless { resource.folder.hasTag("frozen") }': true,
};

for (const [condition, gains] of Object.entries(conditions))
  test(condition, () => {
    const [policy] = loadPolicies({ policies: `permit (principal, action, resource) ${condition};` }).policies;
    assert.equal(policy && gainsByAbsence(policy.json), gains);
  });
