#include "core/provider/account_texts.h"

const char *const ACCOUNT_TEXT_ARGS[] = {
	"name", "brand", "address", "company", "inviter", "role", "link", NULL};

#define HELLO "{name, select, none {Hello,} other {Hello {name},}}\n\n"
#define GUTEN_TAG "{name, select, none {Guten Tag,} other {Guten Tag {name},}}\n\n"

const struct account_text ACCOUNT_TEXTS[] = {
	{"verify", "en", "Confirm your e-mail address",
		HELLO "please confirm that this is your e-mail address:\n\n"
		      "{link}\n\n"
		      "The link holds for three days. If you have no account at {brand}, somebody "
		      "mistyped his address: ignore this message.\n\n{brand}\n",
		"verify-email"},
	{"verify", "de", "Bestätigen Sie Ihre E-Mail-Adresse",
		GUTEN_TAG
		"bitte bestätigen Sie, dass dies Ihre E-Mail-Adresse ist:\n\n"
		"{link}\n\n"
		"Der Link gilt drei Tage. Wenn Sie kein Konto bei {brand} haben, hat sich "
		"jemand vertippt: Diese Nachricht ist dann ohne Bedeutung.\n\n{brand}\n",
		"verify-email"},
	{"reset", "en", "Set a new password",
		HELLO
		"somebody, most likely you, has asked for a new password for {address}. Set "
		"it here:\n\n"
		"{link}\n\n"
		"The link holds for 30 minutes and works once. If it was not you, ignore this "
		"message: nothing has changed.\n\n{brand}\n",
		"reset-password"},
	{"reset", "de", "Neues Passwort setzen",
		GUTEN_TAG "jemand, vermutlich Sie selbst, hat ein neues Passwort für {address} "
			  "angefordert. Setzen Sie es hier:\n\n"
			  "{link}\n\n"
			  "Der Link gilt 30 Minuten und nur einmal. Wenn Sie das nicht waren, ist "
			  "nichts zu tun: Es hat sich nichts geändert.\n\n{brand}\n",
		"reset-password"},
	{"email_new", "en", "Confirm your new e-mail address",
		HELLO "this address shall become the one of an account at {brand}. Confirm it "
		      "here:\n\n"
		      "{link}\n\n"
		      "The link holds for 24 hours. If it was not you who asked for this, ignore "
		      "this message.\n\n{brand}\n",
		"confirm-email"},
	{"email_new", "de", "Bestätigen Sie Ihre neue E-Mail-Adresse",
		GUTEN_TAG "diese Adresse soll die eines Kontos bei {brand} werden. Bestätigen Sie "
			  "sie hier:\n\n"
			  "{link}\n\n"
			  "Der Link gilt 24 Stunden. Wenn Sie das nicht waren, ist nichts zu "
			  "tun.\n\n{brand}\n",
		"confirm-email"},
	{"email_old", "en", "Your e-mail address is about to change",
		HELLO "another e-mail address was asked for on your account {address}. It changes "
		      "as soon as the new address is confirmed.\n\n"
		      "If it was not you, change your password now and end all other "
		      "sessions.\n\n{brand}\n",
		NULL},
	{"email_old", "de", "Ihre E-Mail-Adresse soll geändert werden",
		GUTEN_TAG
		"für Ihr Konto {address} wurde eine andere E-Mail-Adresse angegeben. Sie "
		"gilt, sobald die neue Adresse bestätigt ist.\n\n"
		"Wenn Sie das nicht waren, ändern Sie sofort Ihr Passwort und beenden Sie "
		"alle anderen Sitzungen.\n\n{brand}\n",
		NULL},
	{"exists", "en", "You have an account already",
		HELLO "somebody has tried to sign up with {address}, which has an account at "
		      "{brand}. Nothing has changed.\n\n"
		      "If it was you: log in, or ask for a new password on the page where you log "
		      "in.\n\n{brand}\n",
		NULL},
	{"exists", "de", "Sie haben bereits ein Konto",
		GUTEN_TAG
		"jemand wollte sich mit {address} anmelden; diese Adresse hat bei {brand} "
		"bereits ein Konto. Es hat sich nichts geändert.\n\n"
		"Wenn Sie das waren: Melden Sie sich an, oder fordern Sie auf der "
		"Anmeldeseite ein neues Passwort an.\n\n{brand}\n",
		NULL},
	{"password_changed", "en", "Your password was changed",
		HELLO
		"the password of {address} was changed, and whoever else was logged in to "
		"this account no longer is.\n\n"
		"If it was not you, ask for a new password at once, on the page where you log "
		"in.\n\n{brand}\n",
		NULL},
	{"password_changed", "de", "Ihr Passwort wurde geändert",
		GUTEN_TAG
		"das Passwort von {address} wurde geändert; alle anderen Sitzungen dieses "
		"Kontos sind beendet.\n\n"
		"Wenn Sie das nicht waren, fordern Sie sofort auf der Anmeldeseite ein "
		"neues Passwort an.\n\n{brand}\n",
		NULL},
	{"two_factor_on", "en", "Two-factor log-in is on",
		HELLO "from now on, logging in to {address} takes a code of the authenticator app, "
		      "too. Keep the recovery codes where you find them without your phone.\n\n"
		      "If it was not you, change your password at once.\n\n{brand}\n",
		NULL},
	{"two_factor_on", "de", "Zwei-Faktor-Anmeldung ist eingeschaltet",
		GUTEN_TAG
		"ab jetzt braucht die Anmeldung bei {address} auch einen Code der "
		"Authenticator-App. Verwahren Sie die Wiederherstellungscodes so, dass Sie "
		"sie ohne Ihr Telefon finden.\n\n"
		"Wenn Sie das nicht waren, ändern Sie sofort Ihr Passwort.\n\n{brand}\n",
		NULL},
	{"two_factor_off", "en", "Two-factor log-in is off",
		HELLO "from now on, logging in to {address} takes the password alone.\n\n"
		      "If it was not you, change your password at once and turn it on "
		      "again.\n\n{brand}\n",
		NULL},
	{"two_factor_off", "de", "Zwei-Faktor-Anmeldung ist ausgeschaltet",
		GUTEN_TAG
		"ab jetzt genügt für die Anmeldung bei {address} das Passwort.\n\n"
		"Wenn Sie das nicht waren, ändern Sie sofort Ihr Passwort und schalten Sie "
		"sie wieder ein.\n\n{brand}\n",
		NULL},
	{TEXT_INVITATION, "en", "Invitation to {company}",
		"Hello,\n\n"
		"{inviter, select, none {you are invited} other {{inviter} invites you}} to join "
		"{company} as {role, select, owner {an owner} manager {a manager} staff {a member "
		"of "
		"staff} accountant {an accountant} other {a reader}}. Accept here:\n\n"
		"{link}\n\n"
		"The link holds for seven days. If you do not know what this is about, ignore this "
		"message.\n\n{company}\n",
		"invitation"},
	{TEXT_INVITATION, "de", "Einladung zu {company}",
		"Guten Tag,\n\n"
		"{inviter, select, none {Sie sind eingeladen} other {{inviter} lädt Sie ein}}, bei "
		"{company} mitzuarbeiten: {role, select, owner {als Inhaber} manager {als Leitung} "
		"staff {im Team} accountant {in der Buchhaltung} other {mit Leserecht}}. Nehmen "
		"Sie "
		"hier an:\n\n"
		"{link}\n\n"
		"Der Link gilt sieben Tage. Wenn Sie nicht wissen, worum es geht, ist nichts zu "
		"tun.\n\n{company}\n",
		"invitation"},
};
const size_t ACCOUNT_TEXTS_COUNT = COUNT_OF(ACCOUNT_TEXTS);

static bool speaks(const struct account_text *t, const char *tag)
{
	size_t n = strlen(t->language);

	return strncasecmp(t->language, tag, n) == 0 && (tag[n] == '\0' || tag[n] == '-');
}

const struct account_text *account_text_find(const char *kind, const char *tag)
{
	const struct account_text *english = NULL;

	for (size_t i = 0; i < COUNT_OF(ACCOUNT_TEXTS); i++) {
		if (strcmp(ACCOUNT_TEXTS[i].kind, kind) != 0)
			continue;
		if (tag != NULL && speaks(&ACCOUNT_TEXTS[i], tag))
			return &ACCOUNT_TEXTS[i];
		if (speaks(&ACCOUNT_TEXTS[i], "en"))
			english = &ACCOUNT_TEXTS[i];
	}
	if (english == NULL)
		BUG("there is no letter %s", kind);
	return english;
}
