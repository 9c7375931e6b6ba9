/** The type of a value that the application tells policies (`x-castellan.context`). */
export type ContextType = 'string' | 'integer' | 'number' | 'boolean' | 'date-time' | 'ip' | 'strings';
