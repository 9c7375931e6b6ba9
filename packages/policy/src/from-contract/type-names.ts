/** The entity type of callers. */
export const principalType = 'User';
/** The entity type of callers without credentials. */
export const anonymousType = 'Anonymous';
/** The entity type of the API itself, for operations that act on no resource. */
export const apiType = 'Api';
