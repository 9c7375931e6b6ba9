export { startGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export { contextKeysPath, type ContextOptions } from './context-token.ts';
