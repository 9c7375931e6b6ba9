import { CastellanError } from '@castellan/contract';
import { RegistryProblem } from '../problem.ts';

/**
 * What there is not is answered 404, which says nothing more: it is the answer to who may not see it as well. What is wrong with something that the
 * caller may see is 400 or 422, with the reason.
 */
export async function orProblem<T>(job: Promise<T>): Promise<T> {
  try {
    return await job;
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    if (error.code === 'unknown-api') throw new RegistryProblem(404, 'Not Found', error.message);
    if (error.code === 'unknown-operation') throw new RegistryProblem(400, 'Bad Request', error.message);
    if (error.code === 'lifecycle-refused') throw new RegistryProblem(422, 'Unprocessable Content', error.message);
    throw error;
  }
}
