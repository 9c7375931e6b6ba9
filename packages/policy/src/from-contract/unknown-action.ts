import { CastellanError, nearest } from '@castellan/contract';

/** The error about an action that no operation has. */
export function unknownAction(id: string, known: readonly string[], place?: CastellanError['place']): CastellanError {
  const near = nearest(id, [...known]);
  return new CastellanError({
    code: 'unknown-action',
    message: `no operation is called '${id}', so no policy can speak of it`,
    place,
    mend: near === undefined ? 'name an operationId of the contract' : `did you mean '${near}'?`,
  });
}
