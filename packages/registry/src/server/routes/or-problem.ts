import { CastellanError } from '@castellan/contract';
import { RegistryProblem } from '../problem.ts';

/** What there is not is answered 404, and what the caller's roles do not allow 403. */
export async function orProblem<T>(job: Promise<T>): Promise<T> {
  try {
    return await job;
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    if (error.code === 'unknown-api' || error.code === 'unknown-operation')
      throw new RegistryProblem(404, 'Not Found', error.message);
    if (error.code === 'lifecycle-refused') throw new RegistryProblem(403, 'Forbidden', error.message);
    throw error;
  }
}
