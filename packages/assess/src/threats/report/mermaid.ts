import { visibleElements } from '../diagram/layout.ts';
import type { AttackTree } from '../attack-trees.ts';
import { boundaries, boundaryNames, type SystemElement, type SystemModel } from '../system/model.ts';

/** The data-flow diagram as a Mermaid flowchart. */
export function mermaidOf(system: SystemModel): string {
  const elements = visibleElements(system);
  const names = new Map(elements.map(({ id }, index) => [id, `e${index + 1}`]));
  const lines = ['flowchart LR'];
  for (const boundary of boundaries) {
    const inside = elements.filter((element) => element.boundary === boundary);
    if (inside.length === 0) continue;
    lines.push(`  subgraph ${boundary.replace('-', '_')}["${boundaryNames[boundary]}"]`);
    for (const element of inside) lines.push(`    ${names.get(element.id) ?? ''}${shapeOf(element)}`);
    lines.push('  end');
  }
  for (const flow of system.flows) {
    const [from, to] = [names.get(flow.from), names.get(flow.to)];
    if (from === undefined || to === undefined) continue;
    const arrow = flow.encrypted === undefined ? '-.->' : '-->';
    const note = flow.encrypted === false ? ', not encrypted' : '';
    lines.push(`  ${from} ${arrow}|"${safe(`${flow.label}${note}`)}"| ${to}`);
  }
  return lines.join('\n');
}

/** An attack tree as a Mermaid flowchart. */
export function mermaidOfTree(tree: AttackTree): string {
  const lines = ['flowchart TD', `  g["${safe(tree.goal)}"]`];
  for (const [index, { title, steps }] of tree.ways.entries()) {
    lines.push(`  w${index}{"${safe(title)}"} --> g`);
    for (const [at, { act, control, state }] of steps.entries()) {
      const stop = control === undefined ? '' : `<br/>${control}: ${state ?? ''}`;
      lines.push(`  s${index}_${at}["${safe(act)}${stop}"] --> w${index}`);
    }
  }
  return lines.join('\n');
}

function shapeOf({ kind, name }: SystemElement): string {
  const text = `"${safe(name)}"`;
  if (kind === 'process') return `(${text})`;
  return kind === 'store' ? `[(${text})]` : `[${text}]`;
}

function safe(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\r\n]+/g, ' ');
}
