import { CastellanError, nearest } from '@castellan/contract';

/** The error about an action that no operation is, and none that the contract declares. */
export function unknownAction(id: string, known: readonly string[], place?: CastellanError['place']): CastellanError {
  const near = nearest(id, [...known]);
  return new CastellanError({
    code: 'unknown-action',
    message: `no operation is called '${id}' and no action is declared so: no policy can speak of it`,
    place,
    mend:
      near === undefined
        ? 'name an operationId of the contract, or declare it in x-castellan.actions'
        : `did you mean '${near}'?`,
  });
}
