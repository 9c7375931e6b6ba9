/** Names of files and programs that scanners ask every server for. */
export const scannerNames: readonly string[] =
  `.env .env.local .env.production .env.bak .git .gitignore .svn .hg .aws .ssh .htaccess .htpasswd .ds_store .vscode .idea
  wp-login.php wp-admin wp-config.php wp-content wp-includes wp-json xmlrpc.php wordpress phpmyadmin pma phpinfo.php info.php test.php index.php
  shell.php cmd.php config.php setup.php install.php adminer.php admin.php login.php upload.php eval-stdin.php config.json config.yml config.ini
  web.config server-status server-info cgi-bin actuator jolokia heapdump solr jenkins console debug trace backup backup.sql backup.zip
  backup.tar.gz dump.sql database.sql db.sql users.sql site.zip www.zip id_rsa id_rsa.pub credentials passwd shadow etc boaform hnap1 owa
  autodiscover.xml telescope _profiler graphiql swagger.json swagger-ui.html api-docs druid nacos manager admin administrator docker-compose.yml
  dockerfile package.json composer.json yarn.lock .npmrc .dockerenv .bash_history`
    .split(/\s+/)
    .filter((name) => name !== '');
