import assert from 'node:assert/strict';
import { test } from 'node:test';
import { owaspRisks } from '../findings/risk.ts';
import { controlIds, controls } from '../threats/controls.ts';
import { asvsChapters, asvsOf } from './asvs.ts';
import { controlsNamed, owaspControls, wordsForControls } from './owasp-api.ts';

test('every control serves its risk, and requirements of chapters that there are', () => {
  for (const id of controlIds) {
    assert.ok(owaspControls[controls[id].owasp].includes(id), `${id} is not among those of ${controls[id].owasp}`);
    for (const requirement of asvsOf[id]) {
      assert.match(requirement, /^V\d+\.\d+\.\d+$/);
      assert.ok((requirement.split('.')[0] ?? '') in asvsChapters, requirement);
    }
  }
  assert.deepEqual(Object.keys(owaspControls), Object.keys(owaspRisks));
});

test('a word names controls: a risk with its year or without, a chapter, section or requirement, a control', () => {
  assert.deepEqual(controlsNamed('API1:2023'), controlsNamed('api1'));
  assert.deepEqual(controlsNamed('API10'), ['third-party-contract']);
  assert.deepEqual(controlsNamed('rate-limit'), ['rate-limit']);
  assert.ok(controlsNamed('V8').length > controlsNamed('V8.2.2').length);
  assert.deepEqual(controlsNamed('V8.2.2'), ['object-authorization', 'existence-secret']);
  // V1 is not V10 to V17, and V2.2.1 not V2.2.11.
  assert.deepEqual(controlsNamed('V1'), ['url-restriction']);
  for (const none of ['API0', 'API11:2023', 'API1:2019', 'V18', 'V7', 'V8.9', 'v', '', 'toString', 'constructor'])
    assert.deepEqual(controlsNamed(none), [], none);
  for (const word of wordsForControls()) assert.notDeepEqual(controlsNamed(word), [], word);
});
