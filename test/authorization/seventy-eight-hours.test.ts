import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ids } from '@castellan/example-documents';
import { documentsBehindGuard, sides, type Documents } from './both-sides.ts';
import { send, type Answer } from './send.ts';

const approvedAt = Date.parse('2026-11-20T09:00:00.000Z');
const hour = 3_600_000;

// 'Users in this specific group are allowed to edit this part of the document for exactly 78 hours after it has been
// approved and tagged with this specific tag by a user in this other group.'
for (const side of sides) {
  describe(`the 78 hours, ${side}`, () => {
    let now = approvedAt - hour;
    let api: Documents;
    const section = (id: string): string => `/documents/${ids.adasDocument}/sections/${id}`;

    /** Ada reads the section, as the flow wants it, and then edits it. */
    async function edit(at: number, id: string = ids.intro): Promise<Answer> {
      now = at;
      const token = await api.tokens.token('ada', at);
      await send(api.url, section(id), { token });
      return send(api.url, section(id), { method: 'PATCH', token, body: { text: `edited at ${at}` } });
    }
    const textOf = (id: string): unknown =>
      api.store.prepare('SELECT text FROM sections WHERE id = ?').get(id)?.['text'];
    const approve = (id: string, tag: string | null, by: string | null): void => {
      const time = tag === null && by === null ? null : new Date(approvedAt).toISOString();
      api.store
        .prepare('UPDATE sections SET approvalTag = ?, approvalBy = ?, approvalAt = ? WHERE id = ?')
        .run(tag, by, time, id);
    };
    async function refused(answer: Answer, id: string = ids.intro): Promise<void> {
      assert.equal(answer.status, 403, answer.text);
      assert.doesNotMatch(String(textOf(id)), /^edited/, 'nothing was written');
      assert.doesNotMatch(answer.text, /edit-approved-section|policy/, 'the reason stays in the log');
      const event = api.events.at(-1)?.unmapped.castellan.refused;
      assert.equal(event?.stage, 'authorize');
      assert.match(event?.log ?? '', /editSection on Section/);
    }

    before(async () => {
      api = await documentsBehindGuard(side, () => now);
    });
    beforeEach(() => {
      api.groups['ada'] = ['section-editors'];
      api.groups['bob'] = ['approvers', 'reviewers'];
      api.store.prepare("UPDATE sections SET text = 'original'").run();
      approve(ids.intro, 'ready', 'bob');
      approve(ids.figures, null, null);
    });
    after(() => api.close());

    // First: what was read within the last hour counts, and for that the clock never goes back.
    test('without reading the section first: the order of the flow is refused', async () => {
      now = approvedAt + hour * 20;
      const token = await api.tokens.token('ada', now);
      const answer = await send(api.url, section(ids.intro), { method: 'PATCH', token, body: { text: 'edited' } });
      assert.equal(answer.status, 403);
      assert.match(answer.text, /Call getSection first/);
      assert.equal(api.events.at(-1)?.unmapped.castellan.refused?.reason, 'flow-order');
    });
    test('77:59:59.999 after the approval: allowed', async () => {
      const answer = await edit(approvedAt + 78 * hour - 1);
      assert.equal(answer.status, 200, answer.text);
      assert.match(String(textOf(ids.intro)), /^edited/);
    });
    test('78:00:00.000: denied', async () => refused(await edit(approvedAt + 78 * hour)));
    test('at the moment of the approval: allowed; a millisecond before it: denied', async () => {
      const first = await edit(approvedAt);
      assert.equal(first.status, 200, first.text);
      api.store.prepare("UPDATE sections SET text = 'original'").run();
      await refused(await edit(approvedAt - 1));
    });
    test('approved with another tag: denied', async () => {
      approve(ids.intro, 'draft', 'bob');
      await refused(await edit(approvedAt + hour));
    });
    test('tagged by somebody who is no approver: denied', async () => {
      approve(ids.intro, 'ready', 'eve');
      await refused(await edit(approvedAt + hour));
    });
    test('tagged by somebody who was an approver and is none any more: denied', async () => {
      api.groups['bob'] = ['reviewers'];
      await refused(await edit(approvedAt + hour));
    });
    test('approved but not tagged: denied', async () => {
      approve(ids.intro, '', 'bob');
      await refused(await edit(approvedAt + hour));
    });
    test('another section of the same document: denied', async () => {
      await refused(await edit(approvedAt + hour, ids.figures), ids.figures);
    });
    test('the editor left the group meanwhile: denied, although the token still names it', async () => {
      assert.equal((await edit(approvedAt + hour)).status, 200);
      api.store.prepare("UPDATE sections SET text = 'original'").run();
      api.groups['ada'] = ['reviewers'];
      await refused(await edit(approvedAt + 2 * hour));
    });
    test('the clock moves on and back: each request is decided at its own time', async () => {
      assert.equal((await edit(approvedAt + 77 * hour)).status, 200);
      api.store.prepare("UPDATE sections SET text = 'original'").run();
      await refused(await edit(approvedAt + 79 * hour));
      assert.equal((await edit(approvedAt + 76 * hour)).status, 200);
    });
  });
}
