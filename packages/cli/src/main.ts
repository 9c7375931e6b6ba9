#!/usr/bin/env node
import { keepCompiledCode } from './compiled-code.ts';

keepCompiledCode(process.env);

// Not at once: what is loaded from here on is compiled once, and on a Node.js that is too old this says so, in one line.
const command = await import('#run').catch((error: unknown) => {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (code !== 'node-version') throw error;
  console.error(`castellan: ${String(message)}`);
  return undefined;
});

process.exitCode = command === undefined ? 2 : await command.run(process.argv.slice(2));
