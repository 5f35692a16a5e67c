#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/arena.h"
#include "daemon/config.h"
#include "daemon/secret.h"

static char folder[] = "/tmp/relevo-config-XXXXXX";

static int setup(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    char *command = xasprintf("rm -r %s", folder);
    int rc = system(command);

    (void)state;
    free(command);
    return rc;
}

static char *write_file(const char *name, const char *text, mode_t mode)
{
    char *path = xasprintf("%s/%s", folder, name);
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    chmod(path, mode);
    return path;
}

static void test_one_line_is_a_whole_configuration(void **state)
{
    char *path = write_file("a.yaml", "database: dbname=relevo\n", 0644);
    struct conf_errors errors = { 0 };
    struct config *c = NULL;

    (void)state;
    if (config_load(path, &c, &errors) < 0)
        fail_msg("%s", errors.lines[0]);
    assert_int_equal(conf_int(c->limits, "body"), 1 << 20);
    assert_int_equal(conf_int(c->workers, "parse"), 2);
    assert_string_equal(conf_text(c->log, "level"), "info");
    assert_string_equal(conf_text_at(c->root, "listen", 0), "127.0.0.1:8080");
    assert_true(c->node[0] != '\0');
    config_free(c);
    free(path);
}

static void test_a_pipe_is_read_to_its_end_and_one_without_an_end_is_not_waited_for(void **state)
{
    char *path = xasprintf("%s/pipe", folder);
    struct conf_errors errors = { 0 };
    struct config *c = NULL;
    int status;
    pid_t writer;

    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    writer = fork();
    if (writer == 0) {
        int fd = open(path, O_WRONLY);

        usleep(200000); /* it takes a while to say anything */
        _exit(write(fd, "database: dbname=relevo\n", 24) == 24 ? 0 : 1);
    }
    assert_int_equal(config_load(path, &c, &errors), 0);
    config_free(c);
    assert_int_equal(waitpid(writer, &status, 0), writer);
    assert_int_equal(status, 0);
    alarm(60);
    assert_int_equal(config_load(path, &c, &errors), -1); /* nobody writes */
    alarm(0);
    assert_non_null(strstr(errors.lines[0], "pipe: it does not come to an end"));
    conf_errors_clear(&errors);
    free(path);
}

static void test_includes_lie_beside_the_file_and_what_is_wrong_in_them_names_them(void **state)
{
    char *more = write_file("more.yaml", "node: n1\nlimits: {body: 5KiB}\n", 0644);
    char *wrong = write_file("wrong.yaml", "limits: {body: 5B}\n", 0644);
    char *path = write_file("b.yaml", "database: x\ninclude: more.yaml\n", 0644);
    char *bad = write_file(
        "c.yaml", "database: x\ninclude: [wrong.yaml, none.yaml]\nagents: {mail: out}\n", 0644);
    struct conf_errors errors = { 0 };
    struct config *c = NULL;

    (void)state;
    assert_int_equal(config_load(path, &c, &errors), 0);
    assert_string_equal(c->node, "n1");
    assert_int_equal(conf_int(c->limits, "body"), 5120);
    config_free(c);
    assert_int_equal(config_load(bad, &c, &errors), -1);
    assert_int_equal(errors.count, 2);
    assert_non_null(strstr(errors.lines[0], "wrong.yaml:1:16: body: expected a size"));
    assert_non_null(strstr(errors.lines[1], "none.yaml: No such file"));
    conf_errors_clear(&errors);
    free(more);
    free(wrong);
    free(path);
    free(bad);
}

static void test_the_admin_address_is_this_machines_own(void **state)
{
    static const char *const bad[] = { "0.0.0.0:8081", "*:8081", "192.0.2.1:8081", "8081",
                                       "[::]:1" };
    static const char *const good[] = { "127.0.0.1:8081", "'[::1]:8081'", "/run/relevo/admin" };
    struct conf_errors errors = { 0 };
    struct config *c;
    char *path, *text;
    size_t i;

    (void)state; /* S-44 */
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        text = xasprintf("database: x\nlisten: %s\nadmin: '%s'\n", i == 3 ? "nowhere" : "'*:80'",
                         bad[i]);
        path = write_file("admin.yaml", text, 0644);
        assert_int_equal(config_load(path, &c, &errors), -1);
        assert_int_equal(errors.count, i == 3 ? 2 : 1);
        assert_non_null(strstr(errors.lines[errors.count - 1], "admin.yaml:3:8: admin: "));
        conf_errors_clear(&errors);
        free(text);
        free(path);
    }
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        text = xasprintf("database: x\nadmin: %s\n", good[i]);
        path = write_file("admin.yaml", text, 0644);
        assert_int_equal(config_load(path, &c, &errors), 0);
        config_free(c);
        free(text);
        free(path);
    }
}

static void test_reports_that_could_not_be_asked_for_are_refused_at_their_place(void **state)
{
    static const struct {
        const char *how, *words; /* words NULL: it is sound */
    } cases[] = {
        { "tls: implicit, dsn: all", "with tls: implicit: expected off" },
        { "auth: xoauth2, user: u, dsn: failure", "with auth: xoauth2: expected off" },
        { "tls: implicit, dsn: off", NULL },
        { "tls: implicit", NULL },
        { "auth: xoauth2, user: u", NULL },
        { "tls: starttls, dsn: all", NULL },
    };
    struct conf_errors errors = { 0 };
    struct config *c;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *text = xasprintf("database: x\nchannels:\n  out:\n    {kind: smtp, host: a.example, "
                               "from: s@a.example, %s}\n",
                               cases[i].how);
        char *path = write_file("reports.yaml", text, 0644);

        assert_int_equal(config_load(path, &c, &errors), cases[i].words == NULL ? 0 : -1);
        if (cases[i].words == NULL) {
            config_free(c);
        } else {
            assert_int_equal(errors.count, 1);
            assert_non_null(strstr(errors.lines[0], "reports.yaml:4:"));
            assert_non_null(strstr(errors.lines[0], cases[i].words));
        }
        conf_errors_clear(&errors);
        free(text);
        free(path);
    }
}

static const struct conf_key secret_keys[] = {
    { .name = "password", .type = CONF_SECRET, .doc = "d" }, { .name = NULL }
};

static int read_secret(const char *yaml, char **out, struct error *err)
{
    struct conf_errors errors = { 0 };
    struct conf_file *f = NULL;
    int rc;

    assert_int_equal(conf_read(secret_keys, "s.yaml", span_of(yaml), NULL, NULL, &f, &errors), 0);
    rc = secret_read(conf_root(f), "password", out, err);
    conf_file_free(f);
    return rc;
}

static void test_a_secret_is_read_only_from_a_closed_plain_file_and_never_told(void **state)
{
    char *good = write_file("good", "hunter2\n", 0600),
         *open = write_file("open", "hunter2\n", 0644);
    char *empty = write_file("empty", "\n", 0600), *link = xasprintf("%s/link", folder);
    const char *const bad[] = { open, empty, link, folder, "/nowhere" };
    char *yaml = xasprintf("password: {file: %s}", good), *secret = NULL;
    struct error err = { 0 };
    size_t i;

    (void)state; /* S-51, S-54 */
    assert_int_equal(symlink(good, link), 0);
    assert_int_equal(read_secret(yaml, &secret, &err), 0);
    assert_string_equal(secret, "hunter2");
    secret_free(secret);
    free(yaml);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        yaml = xasprintf("password: {file: %s}", bad[i]);
        assert_int_equal(read_secret(yaml, &secret, &err), -1);
        assert_null(strstr(err.text, "hunter2"));
        assert_non_null(strstr(err.text, "s.yaml:1:11: password"));
        free(yaml);
    }
    assert_int_equal(read_secret("{}", &secret, &err), 0);
    assert_null(secret);
    free(good);
    free(open);
    free(empty);
    free(link);
}

static void test_a_credential_comes_from_systemds_folder_and_nowhere_else(void **state)
{
    char *file = write_file("db-password", "s3cret", 0600), *secret = NULL;
    struct error err = { 0 };

    (void)state;
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_int_equal(read_secret("password: {credential: db-password}", &secret, &err), -1);
    setenv("CREDENTIALS_DIRECTORY", folder, 1);
    assert_int_equal(read_secret("password: {credential: db-password}", &secret, &err), 0);
    assert_string_equal(secret, "s3cret");
    secret_free(secret);
    assert_int_equal(read_secret("password: {credential: ../passwd}", &secret, &err), -1);
    unsetenv("CREDENTIALS_DIRECTORY");
    free(file);
}

static void test_how_the_database_is_reached_is_checked_and_a_secret_in_it_is_not_told(void **state)
{
    static const char *const wrong[] = { "host=db password=my geheim dbname=x", "host=db geheim=x",
                                         "password='geheim", "postgresql://relevo:geheim@[db/x" };
    static const char *const right[] = { "relevo", "host=db1,db2 dbname=x password='my geheim'",
                                         "postgresql://relevo@db1,db2/x?sslmode=require" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) { /* F21 */
        char *text = xasprintf("database: \"%s\"\n", wrong[i]);
        char *path = write_file("d.yaml", text, 0644);
        struct conf_errors errors = { 0 };
        struct config *c = NULL;

        assert_int_equal(config_load(path, &c, &errors), -1);
        assert_int_equal(errors.count, 1);
        assert_non_null(strstr(errors.lines[0], "d.yaml:1:"));
        assert_null(strstr(errors.lines[0], "geheim"));
        conf_errors_clear(&errors);
        free(path);
        free(text);
    }
    for (i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        char *text = xasprintf("database: \"%s\"\n", right[i]);
        char *path = write_file("e.yaml", text, 0644);
        struct conf_errors errors = { 0 };
        struct config *c = NULL;

        assert_int_equal(config_load(path, &c, &errors), 0);
        config_free(c);
        free(path);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_line_is_a_whole_configuration),
        cmocka_unit_test(test_a_pipe_is_read_to_its_end_and_one_without_an_end_is_not_waited_for),
        cmocka_unit_test(test_includes_lie_beside_the_file_and_what_is_wrong_in_them_names_them),
        cmocka_unit_test(test_the_admin_address_is_this_machines_own),
        cmocka_unit_test(test_reports_that_could_not_be_asked_for_are_refused_at_their_place),
        cmocka_unit_test(test_a_secret_is_read_only_from_a_closed_plain_file_and_never_told),
        cmocka_unit_test(
            test_how_the_database_is_reached_is_checked_and_a_secret_in_it_is_not_told),
        cmocka_unit_test(test_a_credential_comes_from_systemds_folder_and_nowhere_else),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
