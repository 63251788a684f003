// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What content looks like that is to be signed. All of it comes from the guest and was made safe to show. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "as")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ContentView.GitCommit.class, name = "git-commit"),
    @JsonSubTypes.Type(value = ContentView.GitTag.class, name = "git-tag"),
    @JsonSubTypes.Type(value = ContentView.Text.class, name = "text"),
    @JsonSubTypes.Type(value = ContentView.Data.class, name = "data")
})
public sealed interface ContentView {
    /** Parents of one commit that are listed. */
    int PARENTS_MOST = 16;

    /** Bytes at the beginning of data that are shown. */
    int HEAD_BYTES = 256;

    /**
     * A commit of git.
     *
     * @param tree      id of everything in it
     * @param parents   ids of the commits before, at most {@link #PARENTS_MOST}
     * @param committer null if it is the author
     * @param subject   the first line of its message
     * @param whole     all that is signed, as text
     */
    record GitCommit(
            String tree,
            List<String> parents,
            ClaimedText author,
            @JsonSetter(nulls = Nulls.SET) @Nullable ClaimedText committer,
            ClaimedText subject,
            ShownText whole)
            implements ContentView {
        public GitCommit {
            objectId(tree);
            parents = ContractLimits.bounded(parents, PARENTS_MOST, "parents");
            parents.forEach(ContentView::objectId);
        }
    }

    /**
     * A tag of git.
     *
     * @param object  id of what it names
     * @param type    what that is: {@code commit}, {@code tree}, {@code blob} or {@code tag}
     * @param tagger  null if it does not say
     * @param subject the first line of its message
     * @param whole   all that is signed, as text
     */
    record GitTag(
            ClaimedText name,
            String object,
            String type,
            @JsonSetter(nulls = Nulls.SET) @Nullable ClaimedText tagger,
            ClaimedText subject,
            ShownText whole)
            implements ContentView {
        public GitTag {
            objectId(object);
            if (!List.of("commit", "tree", "blob", "tag").contains(type)) {
                throw new IllegalArgumentException("not a type of git's objects");
            }
        }
    }

    /** Text. */
    record Text(ShownText whole) implements ContentView {}

    /**
     * Anything else.
     *
     * @param type what its first bytes look like, in our own words, such as {@code PDF document}; null if they look like nothing known
     * @param head the first {@link #HEAD_BYTES} bytes, lower-case hexadecimal
     */
    record Data(@JsonSetter(nulls = Nulls.SET) @Nullable String type, String head) implements ContentView {
        private static final Pattern HEAD = Pattern.compile("([0-9a-f]{2}){0," + HEAD_BYTES + "}");

        public Data {
            if (type != null) {
                ContractLimits.oneLine(type, ContractLimits.LABEL_CODE_POINTS, "a type");
            }
            if (!HEAD.matcher(head).matches()) {
                throw new IllegalArgumentException("not the head of data in hexadecimal");
            }
        }
    }

    private static void objectId(String id) {
        if ((id.length() != 40 && id.length() != 64)
                || !id.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            throw new IllegalArgumentException("not an id of git's objects");
        }
    }
}
