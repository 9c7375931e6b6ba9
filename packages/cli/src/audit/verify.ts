import { verifyLog } from '@castellan/guard/audit';
import { printable } from '@castellan/assess/printable';
import type { Subcommand } from './arguments.ts';

/** Checks a log: 0 where it is as it was written, 1 where anything is another. */
export const verify: Subcommand = ({ values, directory, terminal }) => {
  const verification = verifyLog(directory, { key: values.key, anchors: values.anchors });
  const { findings, notes, segments, lines, bytes, heads, firstKey } = verification;
  if (values.json === true) {
    terminal.out(`${JSON.stringify({ directory, ...verification })}\n`);
    return findings.length === 0 ? 0 : 1;
  }
  for (const { kind, where, what } of findings) terminal.out(`✖ ${where}: ${kind}: ${printable(what)}\n`);
  for (const note of notes) terminal.out(`  ${printable(note)}\n`);
  const size = `${segments} segments, ${lines} lines, ${(bytes / 1e6).toFixed(1)} MB, ${heads} signed heads`;
  terminal.out(
    findings.length === 0
      ? `✔ the log is as it was written (${size})\n  first key ${firstKey ?? 'none yet'}: write it down elsewhere, and give it with --key\n`
      : `✖ ${findings.length} findings (${size})\n`,
  );
  return findings.length === 0 ? 0 : 1;
};
