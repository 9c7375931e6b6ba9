import { commandPages } from './commands.ts';
import { eventPages } from './events.ts';
import { fieldPages } from './header-fields.ts';
import { factPages } from './facts.ts';
import { promisePages } from './promises.ts';
import { sourcePages } from './sources.ts';
import { tablePages } from './tables.ts';

/** Every page of docs/reference that is made from the code, by its name. */
export async function pages(): Promise<Readonly<Record<string, string>>> {
  return {
    ...tablePages(),
    ...sourcePages(),
    ...factPages(),
    ...eventPages(),
    ...fieldPages(),
    ...promisePages(),
    ...(await commandPages()),
  };
}
