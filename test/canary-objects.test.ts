// A canary object behind real policies: whoever is handed it, or tries it and is refused by the policy, is told at once; other objects of
// its type are not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetection } from '@castellan/detect';
import { ada, cedar, document, own, resources, stored } from '../packages/guard/test/notes.ts';
import { guarded } from '../packages/guard/test/guarded.ts';

const policies = cedar(`permit (principal, action == Action::"getNote", resource is Note) ${own};`);
const forms = [
  {
    canary: 'Note/mine',
    path: '/notes/mine',
    status: 200,
    said: /canary object \(Note\) was handed out/,
    quiet: '/notes/theirs',
  },
  {
    canary: 'Note/theirs',
    path: '/notes/theirs',
    status: 403,
    said: /canary object \(Note\) was asked for/,
    quiet: '/notes/mine',
  },
];

for (const { canary, path, status, said, quiet } of forms)
  test(`${canary}, answered ${status}`, async () => {
    const detection = createDetection({ canaries: [canary], seed: 1 });
    const server = await guarded(
      { contract: document({}), policies, resources, facts: [detection.sink] },
      (request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(stored[request.parameters.path['id'] as string] ?? {}));
      },
    );
    const headers = { authorization: `Bearer ${ada}` };
    await (await fetch(server.url + quiet, { headers })).text();
    const answer = await fetch(server.url + path, { headers });
    assert.equal(answer.status, status);
    await answer.text();
    await server.close();
    const [incident, ...others] = detection.incidents;
    assert.deepEqual(others, []);
    assert.deepEqual([incident?.severity, incident?.detectors, incident?.action], ['critical', ['canary'], 'ban']);
    assert.match(incident?.detections[0]?.why ?? '', said);
    assert.deepEqual(
      incident?.principals.map(({ name }) => name),
      ['ada'],
    );
    assert.deepEqual(
      incident?.objects.map(({ type, verdict }) => [type, verdict]),
      [['Note', status === 200 ? 'permitted' : 'refused']],
    );
    assert.equal(incident?.gotOut.objects, status === 200 ? 1 : 0);
  });
