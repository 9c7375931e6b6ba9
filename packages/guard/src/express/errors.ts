import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAnswer, problemOf, thrown } from '../failure.ts';
import { exchangeOf, failHeld } from '../node/response.ts';

type Next = (error?: unknown) => void;
type Handle = (...given: readonly unknown[]) => unknown;

/** A handler with its place in the router. */
interface Layer {
  handle: Handle;
}
interface Router {
  readonly stack: readonly Layer[];
}

/** What is looked at of an Express application. */
interface Application {
  use(handler: (error: unknown, request: IncomingMessage, response: ServerResponse, next: Next) => void): unknown;
  /** Where this one is mounted. */
  readonly parent?: Application;
  /** Express 4, where `router` throws. */
  readonly _router?: Router;
  /** Express 5. */
  readonly router?: Router;
}

const lastLayers = new WeakMap<Application, Layer>();

/**
 * Sees to it that what handlers throw, and the application's own error handlers leave alone, reaches the guard: Express
 * would answer with a page that shows it. Error handlers must be behind what they are for, and the guard is in front, so
 * it puts one there when a request comes.
 */
export function catchErrors(request: object): void {
  let application = (request as { readonly app?: Application }).app;
  if (application === undefined) return;
  while (application.parent !== undefined) application = application.parent;
  const stack = (application._router ?? application.router)?.stack ?? [];
  const last = stack.at(-1);
  if (last === undefined || lastLayers.get(application) === last) return;
  catchThrown(Object.getPrototypeOf(last) as object);
  addLast(application, stack);
}

function addLast(application: Application, stack: readonly Layer[]): void {
  application.use((error, _request, response, next) => {
    // Whatever the application adds while it runs stands behind this one, and is asked first.
    if (own !== lastLayers.get(application) || isAnswer(error) || !failHeld(response, error, problemOf(error)))
      next(error);
  });
  const own = stack.at(-1);
  if (own !== undefined) lastLayers.set(application, own);
}

const patched = new WeakSet<object>();

/** Express 4 has the first two methods, Express 5 the others; the handlers that they call are wrapped when first called. */
const methods = { handle_request: true, handle_error: true, handleRequest: false, handleError: false };

/** Makes every thrown value an error to Express, and in Express 4 also what a promise is rejected with. */
function catchThrown(prototype: object): void {
  if (patched.has(prototype)) return;
  patched.add(prototype);
  for (const [name, promises] of Object.entries(methods)) {
    const original: unknown = Reflect.get(prototype, name);
    if (typeof original !== 'function') continue;
    Reflect.set(prototype, name, function (this: Layer, ...given: readonly unknown[]): unknown {
      this.handle = catching(this.handle, promises);
      return Reflect.apply(original, this, given);
    });
  }
}

const wrapped = new WeakSet<Handle>();

function catching(handle: Handle, promises: boolean): Handle {
  // Routers catch what is thrown in them, and show what they have as properties.
  if (wrapped.has(handle) || 'stack' in handle || handle.length > 4) return handle;
  const call = (given: readonly unknown[], response: unknown, next: unknown): unknown => {
    const exchange = exchangeOf(response as ServerResponse);
    if (exchange === undefined) return handle(...given);
    // An error handler that goes on as if nothing had happened does not let a refused request in.
    if (exchange.raised !== undefined && handle.length !== 4) return (next as Next)(exchange.raised);
    try {
      const result = handle(...given);
      if (promises && result instanceof Promise) result.catch((error: unknown) => (next as Next)(thrown(error)));
      return result;
    } catch (error) {
      throw thrown(error);
    }
  };
  // Express tells handlers of errors by their number of parameters.
  const own: Handle =
    handle.length === 4
      ? (error, request, response, next) => call([error, request, response, next], response, next)
      : (request, response, next) => call([request, response, next], response, next);
  wrapped.add(own);
  return own;
}
