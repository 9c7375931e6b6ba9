// npm run bench -- detect [speed|quality]: events per second and memory; false incidents, attacks noticed and how soon.
import { speed } from './speed.ts';

speed();
