import { plain } from './words.ts';

/**
 * What an account is named by where people sign in, recover or register, the likelier first: names, then addresses, then
 * numbers. In English, German, French, Spanish, Portuguese and Italian.
 */
const ranked = [
  `username userid useridentifier login loginid loginname signinname logonname user account accountid accountname identifier
  identity handle nickname screenname memberid membernumber customerid customernumber clientnumber principal uid
  benutzername benutzer nutzername benutzerkennung anmeldename kundennummer nomutilisateur nomdutilisateur identifiant utilisateur
  pseudo nombreusuario nombredeusuario usuario nomeusuario nomedeusuario utilizador nomeutente utente`,
  `email emailaddress mail mailaddress useremail loginemail accountemail emailid emailorusername usernameoremail emailorphone
  mailadresse emailadresse courriel adressemail adresseemail correo correoelectronico enderecoemail correioeletronico posta`,
  `phone phonenumber mobile mobilenumber mobilephone telephone tel msisdn cell cellphone telefon telefonnummer handynummer
  telefono numerotelephone celular telemovel cellulare`,
].map((words) => new Set(words.split(/\s+/)));

/**
 * How likely a property or parameter names the account that a sign-in, a recovery or a registration is about.
 * @returns 0 for names, 1 for e-mail addresses, 2 for telephone numbers; undefined where it names none
 */
export function accountRank(name: string): 0 | 1 | 2 | undefined {
  const joined = plain(name);
  const rank = ranked.findIndex((names) => names.has(joined));
  return rank === -1 ? undefined : (rank as 0 | 1 | 2);
}
