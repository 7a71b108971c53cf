package dev.sluice;

import java.util.List;

/**
 * A finished generation.
 *
 * @param content the answer, without a stop string that ended it
 * @param reasoning what the model thought before, empty if nothing
 * @param ids all ids generated, the one that ended the answer included
 */
public record Reply(String content, String reasoning, List<Integer> ids, FinishReason finishReason, Stats stats) {}
