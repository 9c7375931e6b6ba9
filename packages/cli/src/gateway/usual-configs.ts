/** Names under which castellan.yaml is looked for. */
export const usualConfigs = ['castellan.yaml', 'castellan.yml'];
