import type { SystemElement, SystemFlow, SystemModel } from '../system/model.ts';
import { boundaryNames, type BoundaryId, type OperationGroup } from '../system/model.ts';

/** A box with its place, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface LaidElement extends Box {
  readonly element: SystemElement;
  /** Cells of an API's process, in its own box. */
  readonly cells: readonly (Box & { readonly group: OperationGroup })[];
}

export interface LaidFlow {
  readonly flow: SystemFlow;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Where the label ends (right-aligned), or begins where the flow stays in one column. */
  readonly label: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'end'; readonly room: number };
  /** The arrow stands at the first point instead of the last. */
  readonly reversed: boolean;
}

interface LaidBoundary extends Box {
  readonly id: BoundaryId;
  readonly name: string;
}

/** A diagram with every place computed. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly elements: readonly LaidElement[];
  readonly flows: readonly LaidFlow[];
  readonly boundaries: readonly LaidBoundary[];
}

const CELL = { width: 196, height: 40, gap: 10 } as const;
const NODE_WIDTH = 212;
const NODE_HEIGHT = 58;
const GUTTER = 290;
/** Part of a gutter where flows turn; the rest of it is for labels. */
const TURNS = 70;
const PORT = 24;
const GAP = 26;
const PAD = { top: 40, side: 20, bottom: 20 } as const;
const MARGIN = 24;

/** Elements that are read for threats and are no part of the picture. */
const hidden = /^(?:kubernetes-secret|kubernetes-config|terraform-variable|castellan-file|firewall)$/;

const columnOf: Readonly<Record<BoundaryId, number>> = {
  internet: 0,
  edge: 1,
  application: 2,
  data: 3,
  'third-party': 3,
};

/** The elements of the picture. */
export function visibleElements(system: SystemModel): SystemElement[] {
  return system.elements.filter((element) => !hidden.test(element.component?.technology ?? ''));
}

interface Node {
  readonly element: SystemElement;
  readonly column: number;
  readonly cellColumns: number;
  readonly width: number;
  height: number;
  x: number;
  y: number;
  readonly left: SystemFlow[];
  readonly right: SystemFlow[];
}

/** Places a data-flow diagram: columns by boundary from the Internet to the data, flows in the gutters between them. */
export function layOut(system: SystemModel): Layout {
  const elements = visibleElements(system);
  const used = [...new Set(elements.map(({ boundary }) => columnOf[boundary]))].sort((a, b) => a - b);
  const nodes = new Map<string, Node>();
  for (const element of elements) nodes.set(element.id, nodeOf(element, used.indexOf(columnOf[element.boundary])));
  const flows = system.flows.filter(({ from, to }) => nodes.has(from) && nodes.has(to));
  for (const flow of flows) attach(flow, nodes);
  for (const node of nodes.values())
    node.height = Math.max(node.height, (Math.max(node.left.length, node.right.length) + 1) * PORT);
  const skipping = flows.filter((flow) => Math.abs(column(nodes, flow.from) - column(nodes, flow.to)) > 1);
  const top = MARGIN + skipping.length * 18 + 12;
  const boundaries = place(nodes, used.length, top);
  const laid = route(flows, nodes, top, used.length);
  const bottom = Math.max(...boundaries.map(({ y, height }) => y + height), top);
  const right = Math.max(...boundaries.map(({ x, width }) => x + width), 0);
  return {
    width: right + MARGIN,
    height: bottom + MARGIN,
    elements: [...nodes.values()].map(({ element, x, y, width, height, cellColumns }) => ({
      element,
      x,
      y,
      width,
      height,
      cells: cellsOf(element, x, y, cellColumns),
    })),
    flows: laid,
    boundaries,
  };
}

function nodeOf(element: SystemElement, at: number): Node {
  const count = element.groups.length;
  const cellColumns = count > 12 ? 3 : count > 5 ? 2 : 1;
  const rows = Math.ceil(count / cellColumns);
  const width = count === 0 ? NODE_WIDTH : cellColumns * CELL.width + (cellColumns - 1) * CELL.gap + 28;
  const height = count === 0 ? NODE_HEIGHT : 56 + rows * (CELL.height + CELL.gap) + 6;
  return { element, column: at, cellColumns, width, height, x: 0, y: 0, left: [], right: [] };
}

function cellsOf(element: SystemElement, x: number, y: number, columns: number): LaidElement['cells'] {
  return element.groups.map((group, index) => ({
    group,
    x: x + 14 + (index % columns) * (CELL.width + CELL.gap),
    y: y + 52 + Math.floor(index / columns) * (CELL.height + CELL.gap),
    width: CELL.width,
    height: CELL.height,
  }));
}

function column(nodes: ReadonlyMap<string, Node>, id: string): number {
  return nodes.get(id)?.column ?? 0;
}

/** Flows leave to the right of the left one of both ends, and come in to the left of the other. */
function attach(flow: SystemFlow, nodes: ReadonlyMap<string, Node>): void {
  const from = nodes.get(flow.from);
  const to = nodes.get(flow.to);
  if (from === undefined || to === undefined) return;
  const [first, second] = from.column <= to.column ? [from, to] : [to, from];
  first.right.push(flow);
  (first.column === second.column ? second.right : second.left).push(flow);
}

function place(nodes: ReadonlyMap<string, Node>, columns: number, top: number): LaidBoundary[] {
  const boundaries: LaidBoundary[] = [];
  const stacks = Array.from({ length: columns }, (_, at) => [...nodes.values()].filter((node) => node.column === at));
  const heights = stacks.map((stack) => stackHeight(stack));
  const tallest = Math.max(...heights, 0);
  let x = MARGIN;
  for (const [at, stack] of stacks.entries()) {
    const inner = Math.max(...stack.map(({ width }) => width), NODE_WIDTH);
    let y = top + (tallest - (heights[at] ?? 0)) / 2;
    for (const id of [...new Set(stack.map(({ element }) => element.boundary))].sort(
      (a, b) => (a === 'third-party' ? 1 : 0) - (b === 'third-party' ? 1 : 0),
    )) {
      const start = y;
      y += PAD.top;
      for (const node of stack.filter(({ element }) => element.boundary === id)) {
        node.x = x + PAD.side + (inner - node.width) / 2;
        node.y = y;
        y += node.height + GAP;
      }
      y += PAD.bottom - GAP;
      boundaries.push({ id, name: boundaryNames[id], x, y: start, width: inner + 2 * PAD.side, height: y - start });
      y += GAP;
    }
    x += inner + 2 * PAD.side + GUTTER - 2 * PAD.side;
  }
  return boundaries;
}

function stackHeight(stack: readonly Node[]): number {
  const boundaries = new Set(stack.map(({ element }) => element.boundary)).size;
  return stack.reduce((total, { height }) => total + height + GAP, 0) + boundaries * (PAD.top + PAD.bottom) - GAP;
}

function route(
  flows: readonly SystemFlow[],
  nodes: ReadonlyMap<string, Node>,
  top: number,
  columns: number,
): LaidFlow[] {
  const middle = (node: Node): number => node.y + node.height / 2;
  const other = (flow: SystemFlow, node: Node): Node =>
    nodes.get(flow.from === node.element.id ? flow.to : flow.from) ?? node;
  // Ports in the order of what they lead to, so that few flows cross.
  for (const node of nodes.values())
    for (const side of [node.left, node.right])
      side.sort((a, b) => middle(other(a, node)) - middle(other(b, node)) || (a.id < b.id ? -1 : 1));
  const edges = Array.from({ length: columns }, (_, at) => {
    const stack = [...nodes.values()].filter((node) => node.column === at);
    return { left: Math.min(...stack.map(({ x }) => x)), right: Math.max(...stack.map(({ x, width }) => x + width)) };
  });
  const port = (node: Node, side: readonly SystemFlow[], flow: SystemFlow): number =>
    node.y + (node.height * (side.indexOf(flow) + 1)) / (side.length + 1);
  const turns = Array.from({ length: columns }, () => 0);
  const turn = (at: number): number => {
    const index = turns[at] ?? 0;
    turns[at] = index + 1;
    return (edges[at]?.right ?? 0) + PAD.side + 8 + ((index * 9) % (TURNS - 16));
  };
  let lane = 0;
  return flows.flatMap((flow): LaidFlow[] => {
    const from = nodes.get(flow.from);
    const to = nodes.get(flow.to);
    if (from === undefined || to === undefined) return [];
    const reversed = from.column > to.column;
    const [a, b] = reversed ? [to, from] : [from, to];
    const ay = port(a, a.right, flow);
    const ax = a.x + a.width;
    if (a.column === b.column) {
      const by = port(b, b.right, flow);
      const gx = turn(a.column);
      return [
        {
          flow,
          reversed: false,
          points: [
            [ax, ay],
            [gx, ay],
            [gx, by],
            [b.x + b.width, by],
          ],
          label: { x: b.x + b.width + 14, y: by - 5, anchor: 'start', room: GUTTER - 40 },
        },
      ];
    }
    const by = port(b, b.left, flow);
    const label = {
      x: (edges[b.column]?.left ?? b.x) - PAD.side - 6,
      y: by - 5,
      anchor: 'end',
      room: GUTTER - 2 * PAD.side - TURNS - 8,
    } as const;
    if (b.column === a.column + 1) {
      const gx = turn(a.column);
      return [
        {
          flow,
          reversed,
          points: [
            [ax, ay],
            [gx, ay],
            [gx, by],
            [b.x, by],
          ],
          label,
        },
      ];
    }
    lane += 1;
    const y = top - 8 - lane * 18;
    const [first, last] = [turn(a.column), turn(b.column - 1)];
    return [
      {
        flow,
        reversed,
        points: [
          [ax, ay],
          [first, ay],
          [first, y],
          [last, y],
          [last, by],
          [b.x, by],
        ],
        label,
      },
    ];
  });
}
