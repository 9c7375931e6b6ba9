import type { NeededControls } from '@castellan/assess/controls';

/**
 * Says of the control `ownership` what the registry knows: who answers for an API may be said by its document, by castellan.yaml,
 * or by people, whose word counts.
 */
export function ownedBy(owner: string | null, needs: NeededControls): NeededControls {
  return {
    ...needs,
    api: needs.api.map((need) =>
      need.control === 'ownership'
        ? { ...need, declared: owner !== null, why: owner === null ? 'no owner is named' : `${owner} answers for it` }
        : need,
    ),
  };
}
