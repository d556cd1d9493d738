-- Who may do what in the PostgreSQL database of one installation, and what freezes its structure.
--
--   psql -X -d mingding -v owner=mingding_owner -v application=mingding \
--        -f audit_log/postgresql/roles.sql
--
-- A superuser runs this once, before or after the first `manage.py migrate`, and again where
-- audit_log.E005 or E007 says so. docs/commands.md has the whole order, docs/trust.md what it stops.
--
-- * `owner` owns the tables and does nothing but migrate; `application` is what the site runs as.
--   A role that is missing is made, without a password: set it with \password.
-- * Rights on single tables are laid by every migration, from the models, so they cannot fall behind.
-- * The event trigger `trail_frozen` refuses every DDL statement in this database, whoever gives it,
--   unless the session has declared a migration by trail_gate.open(). Each opening is a row here, and
--   `migrate` tells it to the trail; the check at start compares the two.
-- * audit_log/guards_gate.py compares the functions below with those in the database, body by body.

\set ON_ERROR_STOP on
\if :{?owner}
\else
\set owner mingding_owner
\endif
\if :{?application}
\else
\set application mingding
\endif

BEGIN;

SELECT set_config('trail.owner', :'owner', true), set_config('trail.application', :'application', true)
    \g /dev/null
DO $$ BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'roles.sql: only a superuser can run this';
    END IF;
    IF current_setting('server_version_num')::int < 150000 THEN
        RAISE EXCEPTION 'roles.sql: before PostgreSQL 15 a role could admit others to itself';
    END IF;
    IF current_setting('trail.owner') = current_setting('trail.application')
        OR current_user IN (current_setting('trail.owner'), current_setting('trail.application')) THEN
        RAISE EXCEPTION 'roles.sql: superuser, owner and application are three roles';
    END IF;
END $$;

-- Nothing below would pass it. It stands again before this transaction ends.
DROP EVENT TRIGGER IF EXISTS trail_frozen;

-- Roles -------------------------------------------------------------------------------------------

SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(ARRAY[:'owner', :'application']) AS name
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE :"owner" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE :"application" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
SELECT format('REVOKE %I FROM %I', a.rolname, b.rolname) FROM pg_auth_members
    JOIN pg_roles AS a ON a.oid = roleid JOIN pg_roles AS b ON b.oid = member
    WHERE b.rolname IN (:'owner', :'application') \gexec

-- Database and schema belong to neither: who owns them can drop them, or the look of them. ---------
-- No temporary tables: they come first on a search path, and could pose as the trail's own.

SELECT format('ALTER DATABASE %I OWNER TO %I', current_database(), current_user) \gexec
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC, :"owner", :"application";
GRANT CONNECT ON DATABASE :"DBNAME" TO :"owner", :"application";
ALTER SCHEMA public OWNER TO CURRENT_USER;
REVOKE ALL ON SCHEMA public FROM PUBLIC, :"owner", :"application";
GRANT USAGE, CREATE ON SCHEMA public TO :"owner";
GRANT USAGE ON SCHEMA public TO :"application";

-- What an earlier installation made under another role passes to the owner.
SELECT format('ALTER TABLE %s OWNER TO %I', oid::regclass, :'owner') FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') \gexec
SELECT format('ALTER FUNCTION %s OWNER TO %I', oid::regprocedure, :'owner') FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prorettype = 'trigger'::regtype \gexec

-- With it a constraint keeps two engagements of one expert apart; it is no right of the owner's.
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

-- The gate ----------------------------------------------------------------------------------------

CREATE SCHEMA IF NOT EXISTS trail_gate;
ALTER SCHEMA trail_gate OWNER TO CURRENT_USER;

CREATE TABLE IF NOT EXISTS trail_gate.role (part text PRIMARY KEY, name name NOT NULL);
ALTER TABLE trail_gate.role OWNER TO CURRENT_USER;
INSERT INTO trail_gate.role VALUES ('owner', :'owner'), ('application', :'application')
    ON CONFLICT (part) DO UPDATE SET name = EXCLUDED.name;

-- An opening counts for the one session that declared it, and ends with it at the latest.
CREATE TABLE IF NOT EXISTS trail_gate.opening (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    role name NOT NULL,
    reason text NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    pid integer NOT NULL,
    backend_start timestamptz NOT NULL
);
ALTER TABLE trail_gate.opening OWNER TO CURRENT_USER;

CREATE OR REPLACE FUNCTION trail_gate.open(reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE number bigint;
BEGIN
    INSERT INTO trail_gate.opening (role, reason, opened_at, pid, backend_start)
        SELECT session_user, reason, clock_timestamp(), pid, backend_start
        FROM pg_stat_activity WHERE pid = pg_backend_pid()
        RETURNING n INTO STRICT number;
    RETURN number;
END $body$;

CREATE OR REPLACE FUNCTION trail_gate.close() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    UPDATE trail_gate.opening SET closed_at = clock_timestamp()
        FROM pg_stat_activity AS session
        WHERE session.pid = pg_backend_pid() AND session.pid = opening.pid
        AND session.backend_start = opening.backend_start AND closed_at IS NULL;
END $body$;

CREATE OR REPLACE FUNCTION trail_gate.is_open() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN EXISTS (SELECT FROM trail_gate.opening JOIN pg_stat_activity AS session
        ON session.pid = opening.pid AND session.backend_start = opening.backend_start
        WHERE session.pid = pg_backend_pid() AND closed_at IS NULL);
END $body$;

CREATE OR REPLACE FUNCTION trail_gate.refuse() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF NOT trail_gate.is_open() THEN
        RAISE EXCEPTION 'gate: % outside a declared migration', tg_tag;
    END IF;
END $body$;

ALTER FUNCTION trail_gate.open(text) OWNER TO CURRENT_USER;
ALTER FUNCTION trail_gate.close() OWNER TO CURRENT_USER;
ALTER FUNCTION trail_gate.is_open() OWNER TO CURRENT_USER;
ALTER FUNCTION trail_gate.refuse() OWNER TO CURRENT_USER;
REVOKE ALL ON SCHEMA trail_gate FROM PUBLIC, :"owner", :"application";
REVOKE ALL ON ALL TABLES IN SCHEMA trail_gate FROM PUBLIC, :"owner", :"application";
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA trail_gate FROM PUBLIC, :"owner", :"application";
GRANT USAGE ON SCHEMA trail_gate TO :"owner", :"application";
GRANT SELECT ON ALL TABLES IN SCHEMA trail_gate TO :"owner", :"application";
GRANT EXECUTE ON FUNCTION trail_gate.is_open() TO :"owner", :"application";
GRANT EXECUTE ON FUNCTION trail_gate.open(text), trail_gate.close() TO :"owner";

-- This run changed the structure too, so it stands among the openings.
SELECT trail_gate.open('roles.sql') \g /dev/null
SELECT trail_gate.close() \g /dev/null

CREATE EVENT TRIGGER trail_frozen ON ddl_command_start EXECUTE FUNCTION trail_gate.refuse();
-- ALWAYS: session_replication_role = replica would silence it otherwise.
ALTER EVENT TRIGGER trail_frozen ENABLE ALWAYS;

COMMIT;
