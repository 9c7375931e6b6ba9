/** What a guard is in a gateway, where its options do not say otherwise. */
export const guardDefaults = { strictResponses: true, watch: true, decodesPath: true, withheldStatus: 502 } as const;
