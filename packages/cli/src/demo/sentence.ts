import { printable } from '@castellan/assess/printable';
import type { Terminal } from '../verb.ts';
import { send } from './send.ts';
import type { DemoStage } from './stage.ts';

const hour = 3_600_000;

/**
 * The rule that is 'almost extremely complex' in real life, as one policy, deciding: the same request an hour and 78 hours
 * after the approval, and why.
 */
export async function sentence(stage: DemoStage, terminal: Terminal): Promise<void> {
  const { guarded } = stage;
  const path = `/documents/${guarded.ids.adasDocument}/sections/${guarded.ids.intro}`;
  terminal.out(`
Section editors may edit a section for exactly 78 hours after an approver has approved and tagged it
(examples/documents/policies/sections.cedar). Ada, an editor, edits the introduction:
`);
  for (const age of [hour, 78 * hour]) {
    stage.approvedBefore(age);
    await send(guarded.base, { path, token: guarded.tokens.ada });
    const answer = await send(guarded.base, {
      method: 'PATCH',
      path,
      token: guarded.tokens.ada,
      body: { text: 'It was a very good year.' },
    });
    const event = stage.eventOf(answer.requestId)?.unmapped.castellan;
    const why = event?.refused?.log?.replace(/^editSection on Section [^ ]+: /, '') ?? event?.explained ?? '';
    terminal.out(
      `\n  approved ${age / hour} h ago: ${answer.status} ${answer.status === 200 ? 'allowed' : 'denied'}\n`,
    );
    for (const line of why.split('; ')) if (line !== '') terminal.out(`    ${printable(line)}\n`);
  }
  stage.approvedBefore(hour);
}
