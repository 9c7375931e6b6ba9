export { apiOf, startGateway, startGateways, type Gateway, type NamedOptions } from './gateway.ts';
export { guardFrom, type GuardFromOptions } from './guard-from.ts';
export type { GatewayOptions, UpstreamOptions } from './options.ts';
export { contextKeysPath, type ContextOptions } from './context-token.ts';
