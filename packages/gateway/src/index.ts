export { startGateway, type Gateway } from './gateway.ts';
export type { GatewayOptions, UpstreamOptions } from './options.ts';
export { contextKeysPath, type ContextOptions } from './context-token.ts';
