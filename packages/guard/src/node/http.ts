/**
 * Node's `http`. Importing it as an ES module reads all of its exports, and that loads Node's WebSocket client: 14 MB that
 * a process which has `http` by other means would not have.
 */
export const { ServerResponse, STATUS_CODES } = process.getBuiltinModule('node:http');
