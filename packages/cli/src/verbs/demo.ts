import { setTimeout as wait } from 'node:timers/promises';
import { printable } from '@castellan/assess/printable';
import { incidentText } from '@castellan/detect';
import { CastellanError } from '@castellan/contract';
import { parseArguments } from '../arguments.ts';
import { attacks, type Outcome } from '../demo/attacks.ts';
import { blastRadius } from '../demo/blast-radius.ts';
import { openRegistry, registryLines, type DemoRegistry } from '../demo/registry.ts';
import { send } from '../demo/send.ts';
import { sentence } from '../demo/sentence.ts';
import { openStage, type DemoStage } from '../demo/stage.ts';
import { formatTable } from '../table.ts';
import type { Terminal, Verb } from '../verb.ts';

const help = `castellan demo [options]

The guided tour: a small API with typical weaknesses, bare and behind the gateway, ten attacks on both, and what a stolen
key takes away; and what the registry knows of both.

  --once             end after the table; otherwise both stay up until Ctrl-C
  --port N           port of the guarded API (default: any free one)
  --bare-port N      port of the bare API (default: any free one)
`;

export const verb: Verb = {
  name: 'demo',
  help,
  async run(args, terminal) {
    const { values, positionals } = parseArguments('demo', args, {
      once: { type: 'boolean' },
      port: { type: 'string' },
      'bare-port': { type: 'string' },
    });
    if (positionals.length > 0)
      throw new CastellanError({
        code: 'usage',
        message: `'${positionals[0]}' is not expected`,
        mend: 'see castellan demo --help',
      });
    const ports = { bare: portOf('bare-port', values['bare-port']), guarded: portOf('port', values.port) };
    const registry = await openRegistry();
    let stage: DemoStage | undefined;
    try {
      stage = await openStage(ports, { registry: registry.reporting, environment: registry.environment });
      registry.watch(stage.bare.base);
      await tour(stage, terminal);
      await incident(stage, terminal);
      await sentence(stage, terminal);
      await blastRadius(stage, terminal);
      await registry.tell(terminal);
      if (values.once !== true) {
        terminal.out(`${invitation(stage, registry)}\n`);
        await new Promise<void>((resolve) => {
          if (terminal.signal.aborted) resolve();
          else terminal.signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    } finally {
      await stage?.close();
      await registry.close();
    }
    return 0;
  },
};

function portOf(name: string, text: string | undefined): number {
  if (text === undefined) return 0;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port < 0 || port > 65_535)
    throw new CastellanError({
      code: 'usage',
      message: `--${name} is '${text}'`,
      mend: 'write a number from 0 to 65535',
    });
  return port;
}

/** Runs every attack on both sides and prints what really came back. */
async function tour(stage: DemoStage, terminal: Terminal): Promise<void> {
  terminal.out(
    `bare:     ${stage.bare.base}   the API as it is\nguarded:  ${stage.guarded.base}   the same API behind castellan gateway\n\n`,
  );
  const rows: string[][] = [];
  let bareStopped = 0;
  let guardedStopped = 0;
  let honest = 0;
  for (const attack of attacks) {
    // Honest callers come first, so that no attack spoils their result.
    for (const scene of [stage.bare, stage.guarded]) {
      const answer = await send(scene.base, attack.honest(scene));
      if (answer.status >= 200 && answer.status < 300) honest += 1;
      else rows.push([`honest request for '${attack.name}'`, '', `answered ${answer.status}`]);
    }
  }
  for (const attack of attacks) {
    const bare = await attack.run(stage.bare);
    const guarded = await attack.run(stage.guarded);
    if (bare.gained === undefined) bareStopped += 1;
    if (guarded.gained === undefined) guardedStopped += 1;
    rows.push([
      `${attack.name} (${attack.risk})`,
      bare.gained ?? `stopped: ${bare.answer.status}`,
      guardedText(stage, guarded),
    ]);
  }
  terminal.out(formatTable(['attack', 'bare', 'guarded'], rows));
  terminal.out(
    `\n${attacks.length} attacks: ${bareStopped} stopped bare, ${guardedStopped} stopped by the guard. ${honest} of ${attacks.length * 2} honest requests answered.\n`,
  );
}

function guardedText(stage: DemoStage, outcome: Outcome): string {
  if (outcome.gained !== undefined) return `NOT STOPPED YET: ${outcome.gained}`;
  const refused = stage.eventOf(outcome.answer.requestId)?.unmapped.castellan.refused;
  if (refused !== undefined) return `stopped by ${refused.stage}: ${refused.type} ${outcome.answer.status}`;
  return outcome.answer.status === 0
    ? 'stopped: connection closed'
    : `stopped: ${outcome.answer.status}, and nothing leaked`;
}

/** Shows what the detectors of the gateway made of the ten attacks. */
async function incident({ gateway }: DemoStage, terminal: Terminal): Promise<void> {
  // Facts are told some milliseconds after an exchange, several at once.
  for (let waited = 0; waited < 40 && (gateway.detection?.incidents.length ?? 0) === 0; waited++) await wait(25);
  const incidents = gateway.detection?.incidents ?? [];
  terminal.out(
    `\nWhat the gateway's detectors say of it (docs/detection.md), ${incidents.length === 1 ? 'one incident' : `${incidents.length} incidents`}:\n`,
  );
  for (const one of incidents) terminal.out(`\n${incidentText(printable(one))}`);
}

function invitation(stage: DemoStage, registry: DemoRegistry): string {
  const { tokens, ids } = stage.guarded;
  const lines = [
    '',
    'Both stay up. Try it (Ctrl-C ends everything):',
    '',
    `  TOKEN='${tokens.ada}'`,
    `  curl -s ${stage.guarded.base}/documents -H "Authorization: Bearer $TOKEN"`,
    `  curl -s ${stage.guarded.base}/documents                                   # no token`,
    `  curl -s '${stage.guarded.base}/documents?limit=1e3' -H "Authorization: Bearer $TOKEN"`,
    `  curl -s ${stage.guarded.base}/internal/debug -H "Authorization: Bearer $TOKEN"`,
    `  curl -s ${stage.bare.base}/internal/debug                            # the same, bare`,
    `  curl -s -X PATCH ${stage.guarded.base}/documents/${ids.adasDocument}/sections/${ids.intro} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"text":"It was a very good year."}'`,
    ...registryLines(registry),
  ];
  return lines.join('\n');
}
