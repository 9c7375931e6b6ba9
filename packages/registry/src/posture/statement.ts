import { controls, type ControlId, type ControlNeed, type NeededControls } from '@castellan/assess/controls';

/** What a contract needs and declares, as it is kept: each reason once. */
export interface ControlStatement {
  readonly whys: readonly string[];
  readonly api: readonly PackedNeed[];
  readonly operations: Readonly<Record<string, readonly PackedNeed[]>>;
}

/** Control, whether the profile asks for it, whether it is declared, the risk that it stands against, the number of its reason. */
type PackedNeed = readonly [control: string, asked: 0 | 1, declared: 0 | 1, risk: number, why: number];

/** Packs it for the store. */
export function packControls({ api, operations }: NeededControls): ControlStatement {
  const whys = new Map<string, number>();
  const pack = (needs: readonly ControlNeed[]): PackedNeed[] =>
    needs.map(({ control, asked, declared, risk, why }) => {
      if (!whys.has(why)) whys.set(why, whys.size);
      return [control, asked ? 1 : 0, declared ? 1 : 0, risk, whys.get(why) ?? 0];
    });
  const packed = {
    api: pack(api),
    operations: Object.fromEntries([...operations].map(([id, needs]) => [id, pack(needs)])),
  };
  return { whys: [...whys.keys()], ...packed };
}

/** The other way; controls that this version does not know are left out. */
export function unpackControls({ whys, api, operations }: ControlStatement): NeededControls {
  const unpack = (needs: readonly PackedNeed[]): ControlNeed[] =>
    needs.flatMap(([control, asked, declared, risk, why]) =>
      Object.hasOwn(controls, control)
        ? [
            {
              control: control as ControlId,
              asked: asked === 1,
              declared: declared === 1,
              risk,
              why: whys[why] ?? '',
            },
          ]
        : [],
    );
  return {
    api: unpack(api),
    operations: new Map(Object.entries(operations).map(([id, needs]) => [id, unpack(needs)])),
  };
}
