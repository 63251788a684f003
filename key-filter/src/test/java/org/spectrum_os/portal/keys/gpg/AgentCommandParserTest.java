// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.keys.assuan.AssuanLimits;

class AgentCommandParserTest {
    private static final String GRIP = "0123456789ABCDEF0123456789ABCDEF01234567";
    private static final Keygrip KEY = new Keygrip(GRIP);
    private static final String SHA256 = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

    @Test
    void whatGpgSendsIsRead() throws Exception {
        assertEquals(new AgentCommand.Reset(), AgentCommandParser.parse("RESET"));
        assertEquals(new AgentCommand.Bye(), AgentCommandParser.parse("BYE"));
        assertEquals(new AgentCommand.Nothing(), AgentCommandParser.parse("NOP"));
        assertEquals(new AgentCommand.Nothing(), AgentCommandParser.parse("NOP whatever"));
        assertEquals(new AgentCommand.Nothing(), AgentCommandParser.parse("SETKEYDESC Please+enter%0A\u00c3\u00a4"));
        assertEquals(new AgentCommand.Nothing(), AgentCommandParser.parse("updatestartuptty"));
        assertEquals(new AgentCommand.AgentId(), AgentCommandParser.parse("AGENT_ID 1"));
        assertEquals(
                new AgentCommand.HaveKey(List.of(KEY, KEY)), AgentCommandParser.parse("HAVEKEY " + GRIP + " " + GRIP));
        assertEquals(new AgentCommand.ListKeys(1000), AgentCommandParser.parse("HAVEKEY --list=1000"));
        assertEquals(new AgentCommand.ListKeys(Integer.MAX_VALUE), AgentCommandParser.parse("HAVEKEY --list"));
        assertEquals(new AgentCommand.KeyInfo(KEY, false), AgentCommandParser.parse("KEYINFO " + GRIP));
        assertEquals(
                new AgentCommand.KeyInfo(KEY, true), AgentCommandParser.parse("KEYINFO --data --with-ssh " + GRIP));
        assertEquals(new AgentCommand.ListKeyInfo(false), AgentCommandParser.parse("KEYINFO --list"));
        assertEquals(
                new AgentCommand.ListKeyInfo(true), AgentCommandParser.parse("KEYINFO --ssh-fpr=sha256 --list --data"));
        assertEquals(new AgentCommand.SetKey(KEY), AgentCommandParser.parse("SIGKEY " + GRIP));
        assertEquals(new AgentCommand.SetKey(KEY), AgentCommandParser.parse("setkey " + GRIP.toLowerCase(Locale.ROOT)));
        assertEquals(new AgentCommand.Unsupported(), AgentCommandParser.parse("SETKEY --another " + GRIP));
        assertEquals(new AgentCommand.Sign(), AgentCommandParser.parse("PKSIGN"));
        assertEquals(new AgentCommand.Sign(), AgentCommandParser.parse("PKSIGN -- 0123456789ABCDEF01234567"));
        assertEquals(new AgentCommand.Decrypt(false), AgentCommandParser.parse("PKDECRYPT"));
        assertEquals(new AgentCommand.Decrypt(true), AgentCommandParser.parse("PKDECRYPT --kem=PGP"));
        assertEquals(new AgentCommand.Unsupported(), AgentCommandParser.parse("PKDECRYPT --kem=PQC-PGP"));
        assertEquals(new AgentCommand.ReadKey(KEY, true), AgentCommandParser.parse("READKEY -- " + GRIP));
        assertEquals(new AgentCommand.ReadKey(KEY, false), AgentCommandParser.parse("READKEY --no-data -- " + GRIP));
        assertEquals(new AgentCommand.Card(), AgentCommandParser.parse("SCD SERIALNO --demand=D276"));
        assertEquals(new AgentCommand.Card(), AgentCommandParser.parse("SCD KEYINFO --list=sign"));
    }

    @ParameterizedTest
    @CsvSource({
        "SETHASH 8 ,SHA256",
        "SETHASH --hash=sha256 ,SHA256",
    })
    void hashesAreRead(String command, HashAlgorithm algorithm) throws Exception {
        var hash = (AgentCommand.SetHash) AgentCommandParser.parse(command + " " + SHA256);
        assertEquals(algorithm, hash.algorithm());
        assertArrayEquals(HexFormat.of().parseHex(SHA256), hash.hash());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SETHASH 1 00112233445566778899aabbccddeeff",
                "SETHASH 2 " + SHA256,
                "SETHASH 10 " + SHA256,
                "SETHASH 08 " + SHA256,
                "SETHASH 8 " + SHA256 + "00",
                "SETHASH 8 " + SHA256 + "0",
                "SETHASH 8 0x" + SHA256,
                "SETHASH 8",
                "SETHASH 99 " + SHA256,
                "SETHASH 111111111111 " + SHA256,
                "SETHASH --hash=md5 00112233445566778899aabbccddeeff",
                "SETHASH --hash=none " + SHA256,
                "SETHASH --inquire",
                "SETHASH --pss --inquire",
            })
    void otherHashesAreRefused(String line) {
        assertThrows(RefusedException.class, () -> AgentCommandParser.parse(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OPTION ttyname=/dev/pts/1",
                "OPTION ttytype=xterm",
                "OPTION display=:0",
                "OPTION display = :0",
                "OPTION lc-ctype=C.UTF-8",
                "OPTION lc-messages C",
                "OPTION xauthority=/run/user/1000/x=y",
                "OPTION pinentry-user-data=USE_TTY=1",
                "OPTION putenv=WAYLAND_DISPLAY=wayland-0",
                "OPTION putenv=PINENTRY_GEOM_HINT=1x1",
                "OPTION --allow-pinentry-notify",
                "OPTION agent-awareness=2.1.0",
                "OPTION use-cache-for-signing=1",
                "OPTION pretend-request-origin=remote",
                "OPTION pinentry-mode=ask",
                "OPTION pinentry-mode=default",
                "OPTION pinentry-mode=cancel",
                "OPTION pinentry-mode=error",
            })
    void optionsOfASessionAreTaken(String line) throws Exception {
        assertEquals(new AgentCommand.Option(AgentCommand.Option.Answer.TAKEN), AgentCommandParser.parse(line));
    }

    @Test
    void otherOptionsAreAnsweredAndNothingElse() throws Exception {
        assertEquals(
                new AgentCommand.Option(AgentCommand.Option.Answer.UNSUPPORTED),
                AgentCommandParser.parse("OPTION pinentry-mode=loopback"));
        assertEquals(
                new AgentCommand.Option(AgentCommand.Option.Answer.UNSUPPORTED),
                AgentCommandParser.parse("OPTION pinentry-mode"));
        assertEquals(
                new AgentCommand.Option(AgentCommand.Option.Answer.UNKNOWN),
                AgentCommandParser.parse("OPTION of-the-future=1"));
    }

    @ParameterizedTest
    @CsvSource({
        "version,VERSION",
        "restricted,RESTRICTED",
        "s2k_count,S2K_COUNT",
        "jent_active,NO",
        "ephemeral,NO",
        "cmd_has_option PKDECRYPT kem,NO",
        "pid,UNKNOWN",
        "socket_name,UNKNOWN",
        "getenv HOME,UNKNOWN",
    })
    void informationIsGivenOrNot(String what, AgentCommand.GetInfo.What info) throws Exception {
        assertEquals(new AgentCommand.GetInfo(info), AgentCommandParser.parse("GETINFO " + what));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "IMPORT_KEY",
                "EXPORT_KEY " + GRIP,
                "KEYWRAP_KEY --export",
                "DELETE_KEY " + GRIP,
                "GENKEY",
                "GENKEY --no-protection",
                "PASSWD " + GRIP,
                "GET_PASSPHRASE --data X X X X",
                "PRESET_PASSPHRASE " + GRIP + " -1 00",
                "CLEAR_PASSPHRASE " + GRIP,
                "GET_CONFIRMATION x",
                "KEYTOCARD " + GRIP + " D276 OPENPGP.1 20200101T000000",
                "KEYTOTPM " + GRIP,
                "KEYATTR " + GRIP + " Use-for-ssh",
                "LEARN",
                "LISTTRUSTED",
                "ISTRUSTED " + GRIP,
                "MARKTRUSTED " + GRIP + " S x",
                "KILLAGENT",
                "RELOADAGENT",
                "GETVAL x",
                "PUTVAL x",
                "PUT_SECRET x",
                "GET_SECRET x",
                "GETEVENTCOUNTER",
                "INPUT FD=1",
                "OUTPUT FD",
                "AUTH",
                "HELP",
                "CANCEL",
                "END",
                "D x",
                "OK",
                "SCD",
                "SCD PASSWD 1",
                "SCD APDU 00",
                "SCD WRITEKEY",
                "SCD KILLSCD",
                "",
                " ",
                " NOP",
                "# a comment",
                "\u00e4",
                "NOP\tx",
                "NOPE",
                "NOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOP",
            })
    void whatIsNotOnTheListIsRefused(String line) {
        assertThrows(RefusedException.class, () -> AgentCommandParser.parse(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RESET now",
                "BYE now",
                "HAVEKEY",
                "HAVEKEY --list=0",
                "HAVEKEY --list=-1",
                "HAVEKEY --list=10000000",
                "HAVEKEY --list " + GRIP,
                "HAVEKEY --info " + GRIP,
                "HAVEKEY " + GRIP + "0",
                "HAVEKEY 0123456789ABCDEF0123456789ABCDEF0123456",
                "HAVEKEY 0123456789ABCDEF0123456789ABCDEF0123456G",
                "HAVEKEY " + GRIP + ",\u0661",
                "HAVEKEY \u0661123456789ABCDEF0123456789ABCDEF01234567",
                "HAVEKEY " + GRIP + "\t" + GRIP,
                "KEYINFO",
                "KEYINFO --ssh-list",
                "KEYINFO --need-attr=Use-for-ssh " + GRIP,
                "KEYINFO --list --list",
                "KEYINFO --list " + GRIP,
                "KEYINFO --data --data " + GRIP,
                "KEYINFO " + GRIP + " " + GRIP,
                "SIGKEY",
                "SIGKEY " + GRIP + " " + GRIP,
                "SIGKEY --another",
                "SETKEY -- " + GRIP,
                "PKSIGN x",
                "PKSIGN -- x",
                "PKSIGN --foo",
                "PKDECRYPT x",
                "PKDECRYPT --kem=X",
                "PKDECRYPT --kem=PGP x",
                "READKEY",
                "READKEY --card -- $SIGNKEYID",
                "READKEY --format=ssh " + GRIP,
                "GETINFO",
                "GETINFO \u00e4",
                "GETINFO cmd_has_option a b c",
                "OPTION",
                "OPTION =x",
                "OPTION \u00e4=x",
            })
    void otherFormsAreRefused(String line) {
        assertThrows(RefusedException.class, () -> AgentCommandParser.parse(line));
    }

    @Test
    void keygripsAreBounded() throws Exception {
        // More than fit into a line, so that the bound is what is tried.
        String most = "HAVEKEY" + (" " + GRIP).repeat(AssuanLimits.KEYGRIPS);
        assertEquals(
                AssuanLimits.KEYGRIPS,
                ((AgentCommand.HaveKey) AgentCommandParser.parse(most)).keys().size());
        assertThrows(RefusedException.class, () -> AgentCommandParser.parse(most + " " + GRIP));
    }

    @Test
    void aRefusalQuotesACommandAndNothingElse() {
        var refused = assertThrows(RefusedException.class, () -> AgentCommandParser.parse("export_key secret"));
        assertEquals("the command EXPORT_KEY", refused.getMessage());
        var none = assertThrows(RefusedException.class, () -> AgentCommandParser.parse("\u001b[31m"));
        assertEquals("a line that is no command", none.getMessage());
    }
}
